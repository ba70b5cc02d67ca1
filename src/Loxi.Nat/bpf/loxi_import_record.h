/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A record of a connection, as user space hands it in: whether it can be one, and the two entries that it stands for. */
#ifndef LOXI_IMPORT_RECORD_H
#define LOXI_IMPORT_RECORD_H

#include "loxi_event.h"
#include "loxi_flow.h"

/* What a record may say of a flow. */
#define LOXI_IMPORT_FLAGS (LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT | LOXI_FLOW_TUNNEL | LOXI_FLOW_AUTO | LOXI_FLOW_LOOSE)

/* Not the scratch of the packet programs: they may interrupt this one. */
struct loxi_import_scratch {
	struct loxi_flow forward;
	struct loxi_flow reverse;
	union loxi_flow_key key;
	union loxi_flow_key sibling;
	union loxi_flow_key other;
	union loxi_flow_key back;
};
LOXI_MAP(import_scratch, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_import_scratch, 1, 0);

LOXI_INLINE bool loxi_is_mapped(const __u8 *addr)
{
	const __u32 *w = (const __u32 *)addr;

	return !w[0] && !w[1] && w[2] == bpf_htonl(0xffff);
}

LOXI_INLINE __be32 loxi_mapped4(const __u8 *addr)
{
	return ((const __u32 *)addr)[3];
}

/* The key of packets from `saddr` to `daddr`. */
LOXI_INLINE void loxi_import_key(union loxi_flow_key *key, const __u8 *saddr, const __u8 *daddr, __be16 sport, __be16 dport, __u8 proto)
{
	__builtin_memset(key, 0, sizeof(*key));
	if (loxi_is_mapped(saddr)) {
		key->key4.saddr = loxi_mapped4(saddr);
		key->key4.daddr = loxi_mapped4(daddr);
		key->key4.sport = sport;
		key->key4.dport = dport;
		key->key4.proto = proto;
	} else {
		__builtin_memcpy(key->key6.saddr, saddr, 16);
		__builtin_memcpy(key->key6.daddr, daddr, 16);
		key->key6.sport = sport;
		key->key6.dport = dport;
		key->key6.proto = proto;
	}
}

/* What packets of this direction become. */
LOXI_INLINE void loxi_import_translation(struct loxi_flow *flow, const __u8 *saddr, const __u8 *daddr, __be16 sport, __be16 dport)
{
	if (loxi_is_mapped(daddr)) {
		flow->xsaddr4 = loxi_mapped4(saddr);
		flow->xdaddr4 = loxi_mapped4(daddr);
	} else {
		__builtin_memcpy(flow->xsaddr6, saddr, 16);
		__builtin_memcpy(flow->xdaddr6, daddr, 16);
	}
	flow->xsport = sport;
	flow->xdport = dport;
}

/* The source of the tunnel is this node's own, whichever node the connection comes from. Returns false when it needs one and there is none. */
LOXI_INLINE bool loxi_import_direct(const struct loxi_import *record, struct loxi_flow *flow)
{
	__u32 index = record->endpoint;
	struct loxi_endpoint *endpoint = bpf_map_lookup_elem(&endpoints, &index);
	struct loxi_source *source = 0;

	if (endpoint && endpoint->sources_count) {
		index = endpoint->sources_base;
		source = bpf_map_lookup_elem(&sources, &index);
	}
	if (source) {
		loxi_import_translation(flow, source->addr, record->target, record->client_port, record->vip_port);
		return true;
	}
	loxi_import_translation(flow, record->client, record->target, record->client_port, record->vip_port);
	flow->flags &= ~LOXI_FLOW_AUTO;
	return !(flow->flags & (LOXI_FLOW_TUNNEL | LOXI_FLOW_CROSS));
}

LOXI_INLINE bool loxi_import_fill(const struct loxi_import *record, struct loxi_import_scratch *s, __u32 tick)
{
	__builtin_memset(&s->forward, 0, sizeof(s->forward));
	__builtin_memset(&s->reverse, 0, sizeof(s->reverse));
	s->forward.last_seen = tick - record->age;
	s->forward.endpoint = record->endpoint;
	s->forward.state = record->state;
	s->forward.vip_group = record->vip_group;
	s->forward.flags = (record->flags & LOXI_IMPORT_FLAGS) | LOXI_FLOW_IMPORTED;
	s->forward.version = record->version;
	s->reverse.last_seen = s->forward.last_seen;
	s->reverse.endpoint = s->forward.endpoint;
	s->reverse.state = s->forward.state;
	s->reverse.vip_group = s->forward.vip_group;
	s->reverse.flags = s->forward.flags | LOXI_FLOW_REVERSE;
	s->reverse.version = s->forward.version;
	loxi_import_key(&s->key, record->client, record->vip, record->client_port, record->vip_port, record->proto);
	loxi_import_key(&s->sibling, record->target, record->source, record->target_port, record->source_port, record->flags & LOXI_FLOW_CROSS ? loxi_cross_proto(record->proto) : record->proto);
	loxi_import_translation(&s->reverse, record->vip, record->client, record->vip_port, record->client_port);
	if (record->flags & LOXI_FLOW_DIRECT)
		/* What is taken out or refreshed has no endpoint here to ask. */
		return loxi_import_direct(record, &s->forward) || record->op != LOXI_IMPORT_OP_PUT;
	loxi_import_translation(&s->forward, record->source, record->target, record->source_port, record->target_port);
	return true;
}

/* User space has checked the rest. */
LOXI_INLINE bool loxi_import_is_sound(const struct loxi_import *record)
{
	bool crosses = loxi_is_mapped(record->client) != loxi_is_mapped(record->target);

	return record->layout == LOXI_LAYOUT && record->op >= LOXI_IMPORT_OP_PUT && record->op <= LOXI_IMPORT_OP_REFRESH && record->state && !(record->flags & ~LOXI_IMPORT_FLAGS) &&
	       loxi_is_mapped(record->client) == loxi_is_mapped(record->vip) && crosses == !!(record->flags & LOXI_FLOW_CROSS) &&
	       ((record->flags & LOXI_FLOW_DIRECT) || loxi_is_mapped(record->source) == loxi_is_mapped(record->target));
}

#endif
