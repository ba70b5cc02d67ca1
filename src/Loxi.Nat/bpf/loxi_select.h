/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Service lookup and the choice of an endpoint: exact rotation, or a Maglev table that is equal on every node. */
#ifndef LOXI_SELECT_H
#define LOXI_SELECT_H

#include "loxi_count.h"

LOXI_INLINE struct loxi_service *loxi_find_service(const struct loxi_packet *pkt, const int family)
{
	struct loxi_service_key key = {};

	if (family == 4) {
		loxi_map_address(key.vip, pkt->key4.daddr);
		key.port = pkt->key4.dport;
	} else {
		__builtin_memcpy(key.vip, pkt->key6.daddr, 16);
		key.port = pkt->key6.dport;
	}
	key.proto = pkt->proto == IPPROTO_ICMPV6 ? IPPROTO_ICMP : pkt->proto;
	return bpf_map_lookup_elem(&services, &key);
}

/* Finalizer of MurmurHash3 (public domain): every input bit reaches every output bit. */
LOXI_INLINE __u64 loxi_mix(__u64 h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

/* Keyed by control.hash_seed, which nodes share; over the client, the VIP, both ports and the protocol. */
LOXI_INLINE __u64 loxi_flow_hash(const struct loxi_packet *pkt, __u64 seed, const int family)
{
	__u64 h;

	if (family == 4) {
		h = loxi_mix(seed ^ ((__u64)pkt->key4.saddr << 32 | pkt->key4.daddr));
		return loxi_mix(h ^ ((__u64)pkt->key4.sport << 32 | (__u64)pkt->key4.dport << 16 | pkt->proto));
	}
	const __u64 *saddr = (const __u64 *)pkt->key6.saddr, *daddr = (const __u64 *)pkt->key6.daddr;

	h = loxi_mix(seed ^ saddr[0]);
	h = loxi_mix(h ^ saddr[1]);
	h = loxi_mix(h ^ daddr[0]);
	h = loxi_mix(h ^ daddr[1]);
	return loxi_mix(h ^ ((__u64)pkt->key6.sport << 32 | (__u64)pkt->key6.dport << 16 | pkt->proto));
}

LOXI_INLINE __u32 loxi_next_in_rotation(const struct loxi_service *service)
{
	__u32 id = service->id;
	__u64 *turn = bpf_map_lookup_elem(&rotation, &id);

	return turn ? __sync_fetch_and_add(turn, 1) % service->members_count : 0;
}

LOXI_INLINE __u32 loxi_maglev_member(const struct loxi_service *service, __u64 hash)
{
	__u32 table = service->maglev, slot, element;
	struct loxi_maglev_slots *slots;
	void *inner = bpf_map_lookup_elem(&maglev, &table);

	if (!inner || !service->maglev_size)
		return 0;
	slot = hash % service->maglev_size;
	element = slot >> 2;
	slots = bpf_map_lookup_elem(inner, &element);
	return slots ? slots->member[slot & 3] : 0;
}

/* Index of the first choice among the active members; further attempts take the ones that follow. */
LOXI_INLINE __u32 loxi_first_member(const struct loxi_packet *pkt, const struct loxi_service *service, __u64 seed, const int family)
{
	if (service->selection == LOXI_SELECTION_HASH)
		return loxi_maglev_member(service, loxi_flow_hash(pkt, seed, family)) % service->members_count;
	return loxi_next_in_rotation(service);
}

/* The endpoint behind a member; `index` gets its number. */
LOXI_INLINE struct loxi_endpoint *loxi_member_endpoint(const struct loxi_service *service, __u32 member, __u32 *index)
{
	__u32 at = service->members_base + member % service->members_count;
	struct loxi_member *chosen = bpf_map_lookup_elem(&members, &at);

	if (!chosen)
		return 0;
	*index = chosen->endpoint;
	return bpf_map_lookup_elem(&endpoints, index);
}

#endif
