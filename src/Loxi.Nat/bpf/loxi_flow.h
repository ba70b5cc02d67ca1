/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The connection table: keys of both directions, lookup, insertion of the pair, removal of the pair. */
#ifndef LOXI_FLOW_H
#define LOXI_FLOW_H

#include "loxi_count.h"

LOXI_INLINE struct loxi_flow *loxi_flow_lookup(const void *key, const int family)
{
	return family == 4 ? bpf_map_lookup_elem(&flow4, key) : bpf_map_lookup_elem(&flow6, key);
}

/* An int: before Linux 6.4 the calls to a map's own functions return 32 bits, and an error is not negative as a long. */
LOXI_INLINE int loxi_flow_insert(const void *key, const struct loxi_flow *flow, const int family)
{
	return family == 4 ? bpf_map_update_elem(&flow4, key, flow, BPF_NOEXIST) : bpf_map_update_elem(&flow6, key, flow, BPF_NOEXIST);
}

LOXI_INLINE long loxi_flow_delete(const void *key, const int family)
{
	return family == 4 ? bpf_map_delete_elem(&flow4, key) : bpf_map_delete_elem(&flow6, key);
}

/* The key under which the other direction is stored. */
LOXI_INLINE void loxi_sibling_key(const struct loxi_flow *flow, __u8 proto, union loxi_flow_key *key, const int family)
{
	if (family == 4) {
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

LOXI_INLINE struct loxi_flow *loxi_sibling(const struct loxi_flow *flow, __u8 proto, const int family)
{
	union loxi_flow_key key;

	loxi_sibling_key(flow, proto, &key, family);
	return loxi_flow_lookup(&key, family);
}

/* Removes both directions. `key` is the key of `flow`. */
LOXI_INLINE void loxi_flow_remove(const void *key, const struct loxi_flow *flow, __u8 proto, const int family)
{
	union loxi_flow_key sibling;

	loxi_sibling_key(flow, proto, &sibling, family);
	loxi_flow_delete(&sibling, family);
	loxi_flow_delete(key, family);
}

#endif
