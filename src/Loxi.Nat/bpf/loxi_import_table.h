/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the import of connections does to the tables: both families behind one call, both directions of a connection, its count. */
#ifndef LOXI_IMPORT_TABLE_H
#define LOXI_IMPORT_TABLE_H

#include "loxi_import_record.h"
#include "loxi_remove.h"

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
		loxi_uncount(forward, what, 0, 4);
	else
		loxi_uncount(forward, what, 0, 6);
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

/*
 * The entry of the other direction, its key in s->other. None when it is not there, or belongs to another connection. A packet that makes or
 * removes a connection just now has half of it in the table: that half is its own to finish.
 */
static __noinline struct loxi_flow *loxi_import_other(struct loxi_import_scratch *s, const union loxi_flow_key *key, const struct loxi_flow *flow, int family)
{
	__u8 proto = family == 4 ? key->key4.proto : key->key6.proto;
	int other_family = loxi_import_other_key(flow, proto, &s->other, family);
	struct loxi_flow *other = loxi_flow_lookup(&s->other, other_family);

	if (!other || !((other->flags ^ flow->flags) & LOXI_FLOW_REVERSE))
		return 0;
	loxi_import_other_key(other, other_family == 4 ? s->other.key4.proto : s->other.key6.proto, &s->back, other_family);
	return loxi_import_same_key(&s->back, key, family) ? other : 0;
}

/* Removes a connection by the key of either direction. Returns an enum loxi_removal_result. */
static __noinline int loxi_import_take(struct loxi_import_scratch *s, const union loxi_flow_key *key, struct loxi_flow *flow, int family, bool tell)
{
	return family == 4 ? loxi_take_pair(key, flow, &s->other, key->key4.proto, tell, 4) : loxi_take_pair(key, flow, &s->other, key->key6.proto, tell, 6);
}

#endif
