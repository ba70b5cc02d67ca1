/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Connections of another node: each record of the map `imports` is compared with the table by its version and inserted, brought up to
 * date or removed, both directions together. Runs by BPF_PROG_RUN, one call at a time, while packets change the tables. Packets that
 * come in between take part in the race for the keys as they do among themselves: whoever inserts first has them.
 */
#ifndef LOXI_IMPORT_H
#define LOXI_IMPORT_H

#include "loxi_import_record.h"

#define LOXI_IMPORT_EEXIST 17
/* Beside enum loxi_import_result: packets have made an entry since it was looked for. */
#define LOXI_IMPORT_AGAIN 255
#define LOXI_IMPORT_ATTEMPTS 3

/* Connections that are over are not counted among those of the endpoint. */
LOXI_INLINE bool loxi_import_counts(__u8 state)
{
	return state != LOXI_STATE_CLOSING && state != LOXI_STATE_RESET;
}

LOXI_INLINE void loxi_import_count(struct loxi_flow *forward)
{
	__u32 index = forward->endpoint;
	struct loxi_endpoint_load *load = bpf_map_lookup_elem(&endpoint_load, &index);

	if (load && !(__sync_fetch_and_or(&forward->extra, LOXI_EXTRA_COUNTED | LOXI_EXTRA_COUNTS) & LOXI_EXTRA_COUNTED))
		__sync_fetch_and_add(&load->active, 1);
}

/* `what`: LOXI_EXTRA_*. */
LOXI_INLINE void loxi_import_uncount(struct loxi_flow *forward, __u32 what, int family)
{
	if (family == 4)
		loxi_uncount(forward, what, 4);
	else
		loxi_uncount(forward, what, 6);
}

LOXI_INLINE bool loxi_same_words(const __u8 *left, const __u8 *right)
{
	const __u64 *l = (const __u64 *)left, *r = (const __u64 *)right;

	return l[0] == r[0] && l[1] == r[1];
}

/* Whether two forward entries under one key are of one connection. The outer source of a tunnel is each node's own. */
LOXI_INLINE bool loxi_import_is_same(const struct loxi_flow *flow, const struct loxi_flow *wanted)
{
	const __u16 kind = LOXI_FLOW_REVERSE | LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT;

	if ((flow->flags & kind) != (wanted->flags & kind) || flow->xdaddr4 != wanted->xdaddr4 || !loxi_same_words(flow->xdaddr6, wanted->xdaddr6))
		return false;
	return (wanted->flags & LOXI_FLOW_DIRECT) ||
	       (flow->xsaddr4 == wanted->xsaddr4 && loxi_same_words(flow->xsaddr6, wanted->xsaddr6) && flow->xsport == wanted->xsport && flow->xdport == wanted->xdport);
}

/* The key of the other direction of an entry in the table of `family`, and the family of its table. */
LOXI_INLINE int loxi_import_other_key(const struct loxi_flow *flow, __u8 proto, union loxi_flow_key *key, int family)
{
	__builtin_memset(key, 0, sizeof(*key));
	return family == 4 ? loxi_sibling_key(flow, proto, key, 4) : loxi_sibling_key(flow, proto, key, 6);
}

LOXI_INLINE bool loxi_import_same_key(const union loxi_flow_key *left, const union loxi_flow_key *right, int family)
{
	const __u32 *l = (const __u32 *)left, *r = (const __u32 *)right;
	const int words = (family == 4 ? sizeof(struct loxi_flow_key4) : sizeof(struct loxi_flow_key6)) / sizeof(__u32);
	__u32 difference = 0;

#pragma unroll
	for (int i = 0; i < (int)(sizeof(struct loxi_flow_key6) / sizeof(__u32)); i++)
		if (i < words)
			difference |= l[i] ^ r[i];
	return !difference;
}

LOXI_INLINE struct loxi_flow *loxi_import_lookup(const union loxi_flow_key *key, int family)
{
	return family == 4 ? loxi_flow_lookup(key, 4) : loxi_flow_lookup(key, 6);
}

LOXI_INLINE int loxi_import_insert(const union loxi_flow_key *key, const struct loxi_flow *flow, int family)
{
	return family == 4 ? loxi_flow_insert(key, flow, 4) : loxi_flow_insert(key, flow, 6);
}

LOXI_INLINE void loxi_import_delete(const union loxi_flow_key *key, int family)
{
	if (family == 4)
		loxi_flow_delete(key, 4);
	else
		loxi_flow_delete(key, 6);
}

LOXI_INLINE void loxi_import_take_entry(const union loxi_flow_key *key, int family)
{
	if (family == 4)
		loxi_flow_take_out(key, 4);
	else
		loxi_flow_take_out(key, 6);
}

/*
 * The entry of the other direction, its key in s->other. None when it is not there, or belongs to another connection. A packet that makes or
 * removes a connection just now has half of it in the table: that half is its own to finish.
 */
static __noinline struct loxi_flow *loxi_import_other(struct loxi_import_scratch *s, const union loxi_flow_key *key, const struct loxi_flow *flow, int family)
{
	__u8 proto = family == 4 ? key->key4.proto : key->key6.proto;
	int other_family = loxi_import_other_key(flow, proto, &s->other, family);
	struct loxi_flow *other = loxi_import_lookup(&s->other, other_family);

	if (!other || !((other->flags ^ flow->flags) & LOXI_FLOW_REVERSE))
		return 0;
	loxi_import_other_key(other, other_family == 4 ? s->other.key4.proto : s->other.key6.proto, &s->back, other_family);
	return loxi_import_same_key(&s->back, key, family) ? other : 0;
}

/* Removes a connection. `other`: its other direction, with its key in s->other; none with direct server return. */
LOXI_INLINE void loxi_import_remove(struct loxi_import_scratch *s, const union loxi_flow_key *key, struct loxi_flow *flow, struct loxi_flow *other, int family)
{
	int other_family = (family == 4) != !!(flow->flags & LOXI_FLOW_CROSS) ? 4 : 6;

	if (other)
		loxi_import_take_entry(&s->other, other_family);
	loxi_import_take_entry(key, family);
}

/* Another connection has the key: the one with the lower version loses. Returns LOXI_IMPORT_NONE when the key is free now. */
static __noinline int loxi_import_displace(struct loxi_import_scratch *s, const union loxi_flow_key *key, struct loxi_flow *flow, int family)
{
	struct loxi_flow *other = 0;

	if (flow->version >= s->forward.version)
		return LOXI_IMPORT_CONFLICT;
	if (!(flow->flags & LOXI_FLOW_DIRECT)) {
		other = loxi_import_other(s, key, flow, family);
		if (!other)
			return LOXI_IMPORT_AGAIN;
	}
	if (loxi_wants_events())
		loxi_emit_entry(key, flow, family, LOXI_EVENT_REMOVED);
	loxi_import_remove(s, key, flow, other, family);
	return LOXI_IMPORT_NONE;
}

/* Numbers that were learned here are of another time: packets have gone through the node that made the newer version. */
LOXI_INLINE void loxi_import_renew(struct loxi_flow *flow, const struct loxi_flow *from)
{
	flow->state = from->state;
	flow->last_seen = from->last_seen;
	flow->flags = (flow->flags & ~(LOXI_FLOW_SEQ_VALID | LOXI_FLOW_LOOSE)) | LOXI_FLOW_IMPORTED | (from->flags & LOXI_FLOW_LOOSE);
}

LOXI_INLINE int loxi_import_update(struct loxi_import_scratch *s, struct loxi_flow *flow, int family)
{
	__u64 version = flow->version;
	struct loxi_flow *other = 0;

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
	if (!loxi_import_counts(s->forward.state)) {
		loxi_import_uncount(flow, LOXI_EXTRA_COUNTED, family);
	} else {
		loxi_import_count(flow);
		/* A packet has removed it meanwhile: nobody would take it off again. */
		if (loxi_import_lookup(&s->key, family) != flow)
			loxi_import_uncount(flow, LOXI_EXTRA_COUNTED, family);
	}
	/* Where it was made, it is not in the making any more. */
	loxi_import_uncount(flow, LOXI_EXTRA_EMBRYO, family);
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
		error = loxi_import_insert(&s->sibling, &s->reverse, sibling_family);
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
	error = loxi_import_insert(&s->key, &s->forward, family);
	if (!error)
		return LOXI_IMPORT_INSERTED;
	if (load) {
		s->forward.extra = 0;
		__sync_fetch_and_add(&load->active, -1);
	}
	if (!direct)
		loxi_import_delete(&s->sibling, sibling_family);
	return loxi_import_failure(error);
}

static __noinline int loxi_import_put(struct loxi_import_scratch *s, int family, int sibling_family)
{
	struct loxi_flow *flow = loxi_import_lookup(&s->key, family), *back = 0;
	int result = LOXI_IMPORT_NONE;

	if (flow) {
		if (loxi_import_is_same(flow, &s->forward) && flow->endpoint == s->forward.endpoint)
			return loxi_import_update(s, flow, family);
		/* Both keys are judged before one of them is taken from somebody. */
		if (!(s->forward.flags & LOXI_FLOW_DIRECT))
			back = loxi_import_lookup(&s->sibling, sibling_family);
		if (back && back->version >= s->forward.version)
			return LOXI_IMPORT_CONFLICT;
		result = loxi_import_displace(s, &s->key, flow, family);
	}
	if (result == LOXI_IMPORT_NONE && !(s->forward.flags & LOXI_FLOW_DIRECT)) {
		flow = loxi_import_lookup(&s->sibling, sibling_family);
		if (flow)
			result = loxi_import_displace(s, &s->sibling, flow, sibling_family);
	}
	return result == LOXI_IMPORT_NONE ? loxi_import_connect(s, family, sibling_family) : result;
}

static __noinline int loxi_import_take_out(struct loxi_import_scratch *s, int family)
{
	struct loxi_flow *flow = loxi_import_lookup(&s->key, family), *other = 0;

	if (!flow || !loxi_import_is_same(flow, &s->forward))
		return LOXI_IMPORT_ABSENT;
	if (flow->version > s->forward.version)
		return LOXI_IMPORT_STALE;
	if (!(flow->flags & LOXI_FLOW_DIRECT)) {
		other = loxi_import_other(s, &s->key, flow, family);
		if (!other)
			return LOXI_IMPORT_AGAIN;
	}
	loxi_import_remove(s, &s->key, flow, other, family);
	return LOXI_IMPORT_DELETED;
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
			result = record->op == LOXI_IMPORT_OP_DELETE ? loxi_import_take_out(s, family) : loxi_import_put(s, family, sibling_family);
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
