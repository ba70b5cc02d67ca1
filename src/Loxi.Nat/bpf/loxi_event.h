/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Events of connections, with all that is needed to make the connection elsewhere; a mark for those that found no room. */
#ifndef LOXI_EVENT_H
#define LOXI_EVENT_H

#include "loxi_count.h"

/* ConnectionBuckets of Loxi.Core has the same in words and in C#: nodes compare their buckets. */
LOXI_INLINE __u64 loxi_bucket_word(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 32;
}

LOXI_INLINE __u64 loxi_bucket_address(__u64 hash, const __u8 *addr)
{
	hash = loxi_bucket_word(hash, bpf_be64_to_cpu(*(const __u64 *)addr));
	return loxi_bucket_word(hash, bpf_be64_to_cpu(*(const __u64 *)(addr + 8)));
}

LOXI_INLINE __u64 loxi_bucket_address4(__u64 hash, __be32 addr)
{
	return loxi_bucket_word(loxi_bucket_word(hash, 0), 0xffffull << 32 | bpf_ntohl(addr));
}

/* The last word: ports of the client's packets, ICMPv6 counts as ICMP. */
LOXI_INLINE __u32 loxi_bucket(__u64 hash, __be16 client_port, __be16 vip_port, __u8 proto)
{
	if (proto == IPPROTO_ICMPV6)
		proto = IPPROTO_ICMP;
	hash = loxi_bucket_word(hash, (__u64)bpf_ntohs(client_port) << 48 | (__u64)bpf_ntohs(vip_port) << 32 | proto);
	return (__u32)hash >> 20;
}

/* The bucket of the connection that an entry belongs to, whichever direction the entry is of. */
LOXI_INLINE __u32 loxi_flow_bucket(const union loxi_flow_key *key, const struct loxi_flow *flow, __u32 family)
{
	bool client4 = (family == 4) != !!((flow->flags & LOXI_FLOW_REVERSE) && (flow->flags & LOXI_FLOW_CROSS));
	__u8 proto = family == 4 ? key->key4.proto : key->key6.proto;

	if (flow->flags & LOXI_FLOW_REVERSE) {
		__u64 hash = client4 ? loxi_bucket_address4(loxi_bucket_address4(0, flow->xdaddr4), flow->xsaddr4) :
				       loxi_bucket_address(loxi_bucket_address(0, flow->xdaddr6), flow->xsaddr6);

		return loxi_bucket(hash, flow->xdport, flow->xsport, proto);
	}
	if (family == 4)
		return loxi_bucket(loxi_bucket_address4(loxi_bucket_address4(0, key->key4.saddr), key->key4.daddr), key->key4.sport, key->key4.dport, proto);
	return loxi_bucket(loxi_bucket_address(loxi_bucket_address(0, key->key6.saddr), key->key6.daddr), key->key6.sport, key->key6.dport, proto);
}

LOXI_INLINE void loxi_mark_dirty(__u32 bucket)
{
	__u32 word = bucket / 64;
	__u64 *bits = bpf_map_lookup_elem(&dirty, &word);

	/* Most marks come together, when the ring is full: only the first one writes. */
	if (bits && !(*bits & 1ull << bucket % 64))
		__sync_fetch_and_or(bits, 1ull << bucket % 64);
}

/* Tells of the connection of an entry. `key` is that of `flow`, in the table of `family`. */
LOXI_GLOBAL int loxi_emit_entry(const union loxi_flow_key *key, const struct loxi_flow *flow, __u32 family, __u32 type)
{
	struct loxi_event *event;

	if (!key || !flow)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		loxi_mark_dirty(loxi_flow_bucket(key, flow, family));
		loxi_count_reason(LOXI_REASON_EVENT_LOST, 0);
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	if (family == 4) {
		loxi_map_address(event->saddr, key->key4.saddr);
		loxi_map_address(event->daddr, key->key4.daddr);
		event->sport = key->key4.sport;
		event->dport = key->key4.dport;
		event->proto = key->key4.proto;
	} else {
		__builtin_memcpy(event->saddr, key->key6.saddr, 16);
		__builtin_memcpy(event->daddr, key->key6.daddr, 16);
		event->sport = key->key6.sport;
		event->dport = key->key6.dport;
		event->proto = key->key6.proto;
	}
	if ((family == 4) != !!(flow->flags & LOXI_FLOW_CROSS)) {
		loxi_map_address(event->xsaddr, flow->xsaddr4);
		loxi_map_address(event->xdaddr, flow->xdaddr4);
	} else {
		__builtin_memcpy(event->xsaddr, flow->xsaddr6, 16);
		__builtin_memcpy(event->xdaddr, flow->xdaddr6, 16);
	}
	event->xsport = flow->xsport;
	event->xdport = flow->xdport;
	event->type = type;
	event->family = family;
	event->state = flow->state;
	event->endpoint = flow->endpoint;
	event->flags = flow->flags;
	event->vip_group = flow->vip_group;
	event->version = flow->version;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* The same for the entry that the packet has found. */
LOXI_INLINE void loxi_emit_flow(const struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 type)
{
	/* The packet begins with its key. */
	loxi_emit_entry((const union loxi_flow_key *)pkt, flow, pkt->family, type);
}

#endif
