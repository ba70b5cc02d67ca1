/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Connections in the making: they may have a quarter of the table, and when they want more, or the table is full, the oldest of them goes.
 * Who only knocks (SYN floods, spoofed UDP) so takes no place from who is in. Their keys stand in a ring in the order of their first packets.
 */
#ifndef LOXI_EMBRYO_H
#define LOXI_EMBRYO_H

#include "loxi_remove.h"

/* Places that one packet looks at to find the oldest: a later one goes on from there, so all together look at each place once in a round. */
#define LOXI_EVICT_STEPS 512

struct loxi_eviction {
	struct loxi_embryos *embryos;
	__u32 slots;
	__u32 most; /* may be left */
	__u32 found;
};

/* Whose key is in a place of the ring. A copy, scratch.embryo: who leaves the ring clears the place, and the key is needed after that. */
LOXI_INLINE struct loxi_flow *loxi_embryo_at(struct loxi_scratch *s, const void *slot, const int family)
{
	if (family == 4)
		__builtin_memcpy(&s->embryo.key4, slot, sizeof(s->embryo.key4));
	else
		__builtin_memcpy(&s->embryo.key6, slot, sizeof(s->embryo.key6));
	return loxi_flow_lookup(&s->embryo, family);
}

LOXI_INLINE long loxi_evict_step(struct loxi_eviction *e, const int family)
{
	__u32 tail = e->embryos->tail, place = tail & (e->slots - 1);
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_flow *flow;
	void *slot;

	if (!s)
		return 1;
	/* Nobody is left between the two ends. */
	if ((__s32)(e->embryos->head - tail) <= 0)
		return 1;
	e->embryos->tail = tail + 1;
	slot = family == 4 ? bpf_map_lookup_elem(&embryos4, &place) : bpf_map_lookup_elem(&embryos6, &place);
	if (!slot)
		return 1;
	flow = loxi_embryo_at(s, slot, family);
	if (!flow || (flow->extra & LOXI_EXTRA_EMBRYO) != place + 1)
		return 0;
	if (!loxi_flow_remove(&s->embryo, flow, family == 4 ? s->embryo.key4.proto : s->embryo.key6.proto, family))
		return 0;
	loxi_count_reason(LOXI_REASON_EMBRYO_EVICTED, 0);
	e->found = 1;
	return e->embryos->count <= e->most;
}

static long loxi_evict_step4(__u32 step, struct loxi_eviction *e)
{
	return loxi_evict_step(e, 4);
}

static long loxi_evict_step6(__u32 step, struct loxi_eviction *e)
{
	return loxi_evict_step(e, 6);
}

/* The oldest one goes, and more until `most` are left. Returns whether there was one. */
LOXI_GLOBAL int loxi_embryo_evict(__u32 slots, __u32 most, __u32 family)
{
	struct loxi_eviction e = { .slots = slots, .most = most };
	__u32 which = family == 6;

	e.embryos = bpf_map_lookup_elem(&embryos, &which);
	if (!e.embryos || !slots)
		return 0;
	/* The ring went round since the last one had to go: what is in those places now is younger than what follows them. */
	if (e.embryos->head - e.embryos->tail > slots)
		e.embryos->tail = e.embryos->head - slots;
	if (family == 4)
		bpf_loop(LOXI_EVICT_STEPS, loxi_evict_step4, &e, 0);
	else
		bpf_loop(LOXI_EVICT_STEPS, loxi_evict_step6, &e, 0);
	return e.found;
}

/*
 * Before a connection is made: one more may be in the making. A packet that has looked at its share of places in vain makes one too
 * many; the next ones make up for it.
 */
LOXI_INLINE void loxi_embryo_reserve(const struct loxi_control *ctl, const int family)
{
	__u32 which = family == 6;
	struct loxi_embryos *e = bpf_map_lookup_elem(&embryos, &which);

	if (e && e->count >= ctl->embryo_quota && ctl->embryo_slots)
		loxi_embryo_evict(ctl->embryo_slots, ctl->embryo_quota - 1, family);
}

LOXI_INLINE __u8 *loxi_embryo_proto(__u32 place, const int family)
{
	if (family == 4) {
		struct loxi_flow_key4 *key = bpf_map_lookup_elem(&embryos4, &place);

		return key ? &key->proto : 0;
	}
	struct loxi_flow_key6 *key = bpf_map_lookup_elem(&embryos6, &place);

	return key ? &key->proto : 0;
}

/*
 * The ring went round once and somebody is still being made: UDP without an answer, mostly. It moves to the next place, behind all
 * others; when that is not free either, it goes.
 */
LOXI_INLINE void loxi_requeue(__u32 place, __u32 next, const int family)
{
	void *from = family == 4 ? bpf_map_lookup_elem(&embryos4, &place) : bpf_map_lookup_elem(&embryos6, &place);
	void *to = family == 4 ? bpf_map_lookup_elem(&embryos4, &next) : bpf_map_lookup_elem(&embryos6, &next);
	struct loxi_scratch *s = loxi_scratch();
	__u8 *taken = loxi_embryo_proto(next, family);
	struct loxi_flow *flow;
	__u32 extra;

	if (!from || !to || !taken || !s)
		return;
	flow = loxi_embryo_at(s, from, family);
	if (!flow || (flow->extra & LOXI_EXTRA_EMBRYO) != place + 1)
		return;
	if (*taken) {
		if (loxi_flow_remove(&s->embryo, flow, family == 4 ? s->embryo.key4.proto : s->embryo.key6.proto, family))
			loxi_count_reason(LOXI_REASON_EMBRYO_EVICTED, 0);
		return;
	}
	/* Who takes its counts off meanwhile has the last word. */
	extra = flow->extra;
	if ((extra & LOXI_EXTRA_EMBRYO) != place + 1 || __sync_val_compare_and_swap(&flow->extra, extra, (extra & ~LOXI_EXTRA_EMBRYO) | (next + 1)) != extra)
		return;
	__builtin_memcpy(to, from, family == 4 ? sizeof(struct loxi_flow_key4) : sizeof(struct loxi_flow_key6));
}

LOXI_GLOBAL int loxi_embryo_requeue(__u32 place, __u32 next, __u32 family)
{
	if (family == 4)
		loxi_requeue(place, next, 4);
	else
		loxi_requeue(place, next, 6);
	return 0;
}

/* Takes the next place for `forward`, before it is inserted under `key`. */
LOXI_INLINE void loxi_embryo_begin(const void *key, struct loxi_flow *forward, const struct loxi_control *ctl, const int family)
{
	__u32 which = family == 6, mask = ctl->embryo_slots - 1, place;
	struct loxi_embryos *e = bpf_map_lookup_elem(&embryos, &which);
	void *slot;

	if (!e || !ctl->embryo_slots)
		return;
	place = __sync_fetch_and_add(&e->head, 1) & mask;
	slot = family == 4 ? bpf_map_lookup_elem(&embryos4, &place) : bpf_map_lookup_elem(&embryos6, &place);
	if (!slot)
		return;
	if (family == 4 ? ((struct loxi_flow_key4 *)slot)->proto : ((struct loxi_flow_key6 *)slot)->proto)
		loxi_embryo_requeue(place, __sync_fetch_and_add(&e->head, 1) & mask, family);
	__builtin_memcpy(slot, key, family == 4 ? sizeof(struct loxi_flow_key4) : sizeof(struct loxi_flow_key6));
	forward->extra |= place + 1;
	__sync_fetch_and_add(&e->count, 1);
}

#endif
