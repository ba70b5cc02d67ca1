/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The connection table: keys of both directions, lookup, insertion, counts. Between the address families (LOXI_FLOW_CROSS)
 * the two directions are in different tables; with direct server return (LOXI_FLOW_DIRECT) there is no second one.
 */
#ifndef LOXI_FLOW_H
#define LOXI_FLOW_H

#include "loxi_event.h"

/* The version after a change by this node. */
LOXI_INLINE __u64 loxi_version_after(__u64 version, const struct loxi_control *ctl)
{
	return (version > ctl->version_base ? version : ctl->version_base) + 1;
}

LOXI_INLINE bool loxi_same_words(const __u8 *left, const __u8 *right)
{
	const __u64 *l = (const __u64 *)left, *r = (const __u64 *)right;

	return l[0] == r[0] && l[1] == r[1];
}

LOXI_INLINE struct loxi_flow *loxi_flow_lookup(const void *key, const int family)
{
	return family == 4 ? bpf_map_lookup_elem(&flow4, key) : bpf_map_lookup_elem(&flow6, key);
}

/* An int: before Linux 6.4 the calls to a map's own functions return 32 bits, and an error is not negative as a long. */
LOXI_INLINE int loxi_flow_insert(const void *key, const struct loxi_flow *flow, const int family)
{
	return family == 4 ? bpf_map_update_elem(&flow4, key, flow, BPF_NOEXIST) : bpf_map_update_elem(&flow6, key, flow, BPF_NOEXIST);
}

LOXI_INLINE int loxi_flow_delete(const void *key, const int family)
{
	return family == 4 ? bpf_map_delete_elem(&flow4, key) : bpf_map_delete_elem(&flow6, key);
}

/* Whether `flow` is of the other direction of packets of `key`. */
LOXI_INLINE bool loxi_answers(const struct loxi_flow *flow, const void *key, const int family)
{
	if (family == 4) {
		const struct loxi_flow_key4 *k = key;

		return flow->xdaddr4 == k->saddr && flow->xsaddr4 == k->daddr && flow->xdport == k->sport && flow->xsport == k->dport;
	}
	const struct loxi_flow_key6 *k = key;

	return loxi_same_words(flow->xdaddr6, k->saddr) && loxi_same_words(flow->xsaddr6, k->daddr) && flow->xdport == k->sport && flow->xsport == k->dport;
}

/* The number of a protocol in the other family: only ICMP has two. */
LOXI_INLINE __u8 loxi_cross_proto(__u8 proto)
{
	return proto == IPPROTO_ICMP ? IPPROTO_ICMPV6 : proto == IPPROTO_ICMPV6 ? IPPROTO_ICMP : proto;
}

/*
 * Flags change one by one, in the word that they share with the state: a packet that has found an entry may write when it is gone and its memory
 * another one's. Written as a whole, that one would take a forward entry for a reverse one, and nobody could remove it.
 */
LOXI_INLINE void loxi_flags_on(struct loxi_flow *flow, __u32 flags)
{
	__sync_fetch_and_or((__u32 *)&flow->state, flags << 16);
}

LOXI_INLINE void loxi_flags_off(struct loxi_flow *flow, __u32 flags)
{
	__sync_fetch_and_and((__u32 *)&flow->state, ~(flags << 16));
}

/* The key of the packets that answer to what the flow sends, which are of the family `to`. */
LOXI_INLINE void loxi_answer_key(const struct loxi_flow *flow, __u8 proto, union loxi_flow_key *key, const int to)
{
	if (to == 4) {
		key->key4.saddr = flow->xdaddr4;
		key->key4.daddr = flow->xsaddr4;
		key->key4.sport = flow->xdport;
		key->key4.dport = flow->xsport;
		key->key4.proto = proto;
		__builtin_memset(key->key4.pad, 0, sizeof(key->key4.pad));
	} else {
		__builtin_memcpy(key->key6.saddr, flow->xdaddr6, 16);
		__builtin_memcpy(key->key6.daddr, flow->xsaddr6, 16);
		key->key6.sport = flow->xdport;
		key->key6.dport = flow->xsport;
		key->key6.proto = proto;
		__builtin_memset(key->key6.pad, 0, sizeof(key->key6.pad));
	}
}

/* The key under which the other direction is stored; returns in which table. */
LOXI_INLINE int loxi_sibling_key(const struct loxi_flow *flow, __u8 proto, union loxi_flow_key *key, const int family)
{
	if (flow->flags & LOXI_FLOW_CROSS) {
		loxi_answer_key(flow, loxi_cross_proto(proto), key, LOXI_OTHER_FAMILY(family));
		return LOXI_OTHER_FAMILY(family);
	}
	loxi_answer_key(flow, proto, key, family);
	return family;
}

LOXI_INLINE struct loxi_flow *loxi_sibling(const struct loxi_flow *flow, __u8 proto, const int family)
{
	struct loxi_scratch *s = loxi_scratch();

	if (!s || (flow->flags & LOXI_FLOW_DIRECT))
		return 0;
	return loxi_sibling_key(flow, proto, &s->other, family) == 4 ? loxi_flow_lookup(&s->other, 4) : loxi_flow_lookup(&s->other, 6);
}

LOXI_INLINE bool loxi_same_key(const void *left, const void *right, const int family)
{
	const __u64 *l = left, *r = right;

	if (family == 4)
		return l[0] == r[0] && l[1] == r[1];
	return l[0] == r[0] && l[1] == r[1] && l[2] == r[2] && l[3] == r[3] && l[4] == r[4];
}

/* The place among the connections in the making is free again. `key`, where it is known: the ring goes round, the place may be another's by now. */
LOXI_INLINE void loxi_leave_embryos(__u32 extra, const void *key, const int family)
{
	__u32 which = family == 6, place = (extra & LOXI_EXTRA_EMBRYO) - 1;
	struct loxi_embryos *e = bpf_map_lookup_elem(&embryos, &which);

	if (e)
		__sync_fetch_and_add(&e->count, -1);
	if (family == 4) {
		struct loxi_flow_key4 *holder = bpf_map_lookup_elem(&embryos4, &place);

		if (holder && (!key || loxi_same_key(holder, key, 4)))
			holder->proto = 0;
	} else {
		struct loxi_flow_key6 *holder = bpf_map_lookup_elem(&embryos6, &place);

		if (holder && (!key || loxi_same_key(holder, key, 6)))
			holder->proto = 0;
	}
}

/* `forward` is, or was, in the table of `family`, under `key` where that is not 0. */
LOXI_INLINE void loxi_uncount(struct loxi_flow *forward, __u32 what, const void *key, const int family)
{
	__u32 extra = forward->extra & what, endpoint = forward->endpoint;
	struct loxi_endpoint_load *load;

	if (!extra)
		return;
	/* Whoever clears the bits has to count: once, on whatever CPU. */
	extra = __sync_fetch_and_and(&forward->extra, ~what) & what;
	if (extra & LOXI_EXTRA_EMBRYO)
		loxi_leave_embryos(extra, key, family);
	if (extra & LOXI_EXTRA_COUNTED) {
		load = bpf_map_lookup_elem(&endpoint_load, &endpoint);
		if (load)
			__sync_fetch_and_add(&load->active, -1);
	}
}

/* It was uncounted when it seemed to be closed. */
LOXI_INLINE void loxi_count_again(struct loxi_flow *forward)
{
	__u32 endpoint = forward->endpoint;
	struct loxi_endpoint_load *load = bpf_map_lookup_elem(&endpoint_load, &endpoint);

	/* Nor when somebody removes it, who has taken it off. */
	if (!load || (forward->extra & (LOXI_EXTRA_COUNTS | LOXI_EXTRA_COUNTED | LOXI_EXTRA_GOING)) != LOXI_EXTRA_COUNTS)
		return;
	if (!(__sync_fetch_and_or(&forward->extra, LOXI_EXTRA_COUNTED) & LOXI_EXTRA_COUNTED))
		__sync_fetch_and_add(&load->active, 1);
}

#endif
