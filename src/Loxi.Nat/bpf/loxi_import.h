/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Connections of another node: each record of the map `imports` is compared with the table by its version and inserted, brought up to
 * date, refreshed or removed, both directions together. Runs by BPF_PROG_RUN, one call at a time, while packets change the tables. Packets that
 * come in between take part in the race for the keys as they do among themselves: whoever inserts first has them.
 */
#ifndef LOXI_IMPORT_H
#define LOXI_IMPORT_H

#include "loxi_import_table.h"

#define LOXI_IMPORT_EEXIST 17
/* Beside enum loxi_import_result: packets have made an entry since it was looked for. */
#define LOXI_IMPORT_AGAIN 255
#define LOXI_IMPORT_ATTEMPTS 3

/* Another connection has the key: the one with the lower version loses. Returns LOXI_IMPORT_NONE when the key is free now. */
static __noinline int loxi_import_displace(struct loxi_import_scratch *s, const union loxi_flow_key *key, struct loxi_flow *flow, int family)
{
	if (flow->version >= s->forward.version)
		return LOXI_IMPORT_CONFLICT;
	return loxi_import_take(s, key, flow, family, loxi_wants_events()) == LOXI_REMOVAL_NONE ? LOXI_IMPORT_AGAIN : LOXI_IMPORT_NONE;
}

/* Numbers that were learned here are of another time: packets have gone through the node that made the newer version. */
LOXI_INLINE void loxi_import_renew(struct loxi_flow *flow, const struct loxi_flow *from)
{
	flow->state = from->state;
	flow->last_seen = from->last_seen;
	flow->flags = (flow->flags & ~(LOXI_FLOW_SEQ_VALID | LOXI_FLOW_LOOSE)) | LOXI_FLOW_IMPORTED | (from->flags & LOXI_FLOW_LOOSE);
}

/* The forward entry is marked: it is the one that has the key, and stays. */
LOXI_INLINE int loxi_import_update_marked(struct loxi_import_scratch *s, struct loxi_flow *flow, int family)
{
	__u64 version = flow->version;
	struct loxi_flow *other = 0;

	if (!loxi_import_is_same(flow, &s->forward) || flow->endpoint != s->forward.endpoint)
		return LOXI_IMPORT_AGAIN;
	if (version >= s->forward.version)
		return LOXI_IMPORT_STALE;
	if (!(flow->flags & LOXI_FLOW_DIRECT)) {
		other = loxi_import_other(s, &s->key, flow, family);
		if (!other)
			return LOXI_IMPORT_AGAIN;
	}
	/* A packet may have made a version of its own meanwhile. */
	if (__sync_val_compare_and_swap(&flow->version, version, s->forward.version) != version)
		return LOXI_IMPORT_AGAIN;
	loxi_import_renew(flow, &s->forward);
	if (other) {
		other->version = s->forward.version;
		loxi_import_renew(other, &s->forward);
	}
	if (loxi_import_counts(s->forward.state))
		loxi_import_count(flow);
	else
		loxi_import_uncount(flow, LOXI_EXTRA_COUNTED, family);
	/* Where it was made, it is not in the making any more. */
	loxi_import_uncount(flow, LOXI_EXTRA_EMBRYO, family);
	return LOXI_IMPORT_UPDATED;
}

LOXI_INLINE int loxi_import_update(struct loxi_import_scratch *s, struct loxi_flow *flow, int family)
{
	int result;

	if (!loxi_mark(&s->key, flow, family))
		return LOXI_IMPORT_AGAIN;
	result = loxi_import_update_marked(s, flow, family);
	loxi_unmark(flow);
	return result;
}

/* A packet that writes its own time meanwhile has the last word. */
LOXI_INLINE bool loxi_import_move(struct loxi_flow *flow, __u32 last_seen)
{
	__u32 seen = flow->last_seen;

	return (__s32)(last_seen - seen) > 0 && __sync_val_compare_and_swap(&flow->last_seen, seen, last_seen) == seen;
}

/* Of the same version, and used since: nothing but the time of the last packet moves, and forward only. */
static __noinline int loxi_import_refresh(struct loxi_import_scratch *s, int family)
{
	struct loxi_flow *flow = loxi_flow_lookup(&s->key, family), *other;

	if (!flow || !loxi_import_is_same(flow, &s->forward) || flow->version < s->forward.version)
		return LOXI_IMPORT_ABSENT;
	if (flow->version > s->forward.version || !loxi_import_move(flow, s->forward.last_seen))
		return LOXI_IMPORT_STALE;
	/* Or every sweep would find its direction silent and have to ask for this one. */
	if (!(flow->flags & LOXI_FLOW_DIRECT)) {
		other = loxi_import_other(s, &s->key, flow, family);
		if (other)
			loxi_import_move(other, s->forward.last_seen);
	}
	return LOXI_IMPORT_UPDATED;
}

LOXI_INLINE int loxi_import_failure(int error)
{
	return error == -LOXI_IMPORT_EEXIST ? LOXI_IMPORT_AGAIN : LOXI_IMPORT_FULL;
}

/* Neither key is taken, as far as was seen. Reverse first, as packets do it. */
LOXI_INLINE int loxi_import_connect(struct loxi_import_scratch *s, int family, int sibling_family)
{
	bool direct = s->forward.flags & LOXI_FLOW_DIRECT;
	bool counts = loxi_import_counts(s->forward.state);
	struct loxi_endpoint_load *load = 0;
	__u32 index = s->forward.endpoint;
	int error;

	if (!direct) {
		error = loxi_flow_insert(&s->sibling, &s->reverse, sibling_family);
		if (error)
			return loxi_import_failure(error);
	}
	/* Counted before it can be seen: whoever removes it takes it off again. */
	if (counts)
		load = bpf_map_lookup_elem(&endpoint_load, &index);
	if (load) {
		s->forward.extra = LOXI_EXTRA_COUNTED | LOXI_EXTRA_COUNTS;
		__sync_fetch_and_add(&load->active, 1);
	}
	error = loxi_flow_insert(&s->key, &s->forward, family);
	if (!error)
		return LOXI_IMPORT_INSERTED;
	if (load) {
		s->forward.extra = 0;
		__sync_fetch_and_add(&load->active, -1);
	}
	if (!direct)
		loxi_flow_delete(&s->sibling, sibling_family);
	return loxi_import_failure(error);
}

static __noinline int loxi_import_put(struct loxi_import_scratch *s, int family, int sibling_family)
{
	struct loxi_flow *flow = loxi_flow_lookup(&s->key, family), *back = 0;
	int result = LOXI_IMPORT_NONE;

	if (flow) {
		if (loxi_import_is_same(flow, &s->forward) && flow->endpoint == s->forward.endpoint)
			return loxi_import_update(s, flow, family);
		/* Both keys are judged before one of them is taken from somebody. */
		if (!(s->forward.flags & LOXI_FLOW_DIRECT))
			back = loxi_flow_lookup(&s->sibling, sibling_family);
		if (back && back->version >= s->forward.version)
			return LOXI_IMPORT_CONFLICT;
		result = loxi_import_displace(s, &s->key, flow, family);
	}
	if (result == LOXI_IMPORT_NONE && !(s->forward.flags & LOXI_FLOW_DIRECT)) {
		flow = loxi_flow_lookup(&s->sibling, sibling_family);
		if (flow)
			result = loxi_import_displace(s, &s->sibling, flow, sibling_family);
	}
	return result == LOXI_IMPORT_NONE ? loxi_import_connect(s, family, sibling_family) : result;
}

static __noinline int loxi_import_take_out(struct loxi_import_scratch *s, int family)
{
	struct loxi_flow *flow = loxi_flow_lookup(&s->key, family);

	if (!flow || !loxi_import_is_same(flow, &s->forward))
		return LOXI_IMPORT_ABSENT;
	if (flow->version > s->forward.version)
		return LOXI_IMPORT_STALE;
	return loxi_import_take(s, &s->key, flow, family, false) == LOXI_REMOVAL_NONE ? LOXI_IMPORT_AGAIN : LOXI_IMPORT_DELETED;
}

LOXI_INLINE int loxi_import_do(const struct loxi_import *record, struct loxi_import_scratch *s, int family, int sibling_family)
{
	switch (record->op) {
	case LOXI_IMPORT_OP_DELETE:
		return loxi_import_take_out(s, family);
	case LOXI_IMPORT_OP_REFRESH:
		return loxi_import_refresh(s, family);
	default:
		return loxi_import_put(s, family, sibling_family);
	}
}

LOXI_INLINE int loxi_import_one(const struct loxi_import *record, struct loxi_import_scratch *s, __u32 tick)
{
	int family, sibling_family, result = LOXI_IMPORT_AGAIN;

	if (!loxi_import_is_sound(record) || !loxi_import_fill(record, s, tick))
		return LOXI_IMPORT_MALFORMED;
	family = loxi_is_mapped(record->client) ? 4 : 6;
	sibling_family = loxi_is_mapped(record->target) ? 4 : 6;
#pragma unroll
	for (int i = 0; i < LOXI_IMPORT_ATTEMPTS; i++)
		if (result == LOXI_IMPORT_AGAIN)
			result = loxi_import_do(record, s, family, sibling_family);
	return result == LOXI_IMPORT_AGAIN ? LOXI_IMPORT_CONFLICT : result;
}

static long loxi_import_step(__u32 index, struct loxi_import_call *call)
{
	struct loxi_import *record = bpf_map_lookup_elem(&imports, &index);
	__u32 zero = 0;
	struct loxi_import_scratch *s = bpf_map_lookup_elem(&import_scratch, &zero);

	if (!record || !s)
		return 1;
	record->result = loxi_import_one(record, s, call->tick);
	return 0;
}

SEC("syscall")
int loxi_import(struct loxi_import_call *call)
{
	/* The step gets a copy: the context of a program cannot be handed on. */
	struct loxi_import_call copy = { .count = call->count, .tick = call->tick };

	return bpf_loop(copy.count < LOXI_IMPORT_BATCH ? copy.count : LOXI_IMPORT_BATCH, loxi_import_step, &copy, 0);
}

#endif
