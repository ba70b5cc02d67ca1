/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which service a packet is for: the exact VIP, protocol and port; then ranges of ports, services of every local address, and marks. */
#ifndef LOXI_SERVICE_H
#define LOXI_SERVICE_H

#include "loxi_count.h"

LOXI_INLINE bool loxi_is_local_address(const __u8 *addr)
{
	struct loxi_address_key key;
	struct loxi_address *address;

	__builtin_memcpy(key.addr, addr, 16);
	address = bpf_map_lookup_elem(&addresses, &key);
	return address && (address->flags & LOXI_ADDRESS_LOCAL);
}

/* One port: the service of that port alone wins over a range. */
static __noinline struct loxi_service *loxi_service_of_port(const struct loxi_service_key *wanted, __u32 control_flags)
{
	struct loxi_service_key key = *wanted;
	struct loxi_service *service;
	struct loxi_range_key at;
	struct loxi_range *range;

	service = bpf_map_lookup_elem(&services, &key);
	if (service || !(control_flags & LOXI_CONTROL_RANGES))
		return service;
	at.prefixlen = 8 * (sizeof(at) - offsetof(struct loxi_range_key, vip));
	__builtin_memcpy(at.vip, key.vip, 16);
	at.block = key.block;
	at.proto = key.proto;
	at.pad = 0;
	at.port = key.port;
	range = bpf_map_lookup_elem(&ranges, &at);
	if (!range)
		return 0;
	key.port = range->first;
	key.range = 1;
	return bpf_map_lookup_elem(&services, &key);
}

/* The VIP itself first, then services of every local address. */
static __noinline struct loxi_service *loxi_service_of_vip(const struct loxi_service_key *wanted, __u32 control_flags, __u32 family)
{
	struct loxi_service *service = loxi_service_of_port(wanted, control_flags);
	struct loxi_service_key key;

	if (service || !(control_flags & LOXI_CONTROL_HOST) || !loxi_is_local_address(wanted->vip))
		return service;
	key = *wanted;
	__builtin_memset(key.vip, 0, 16);
	if (family == 4)
		loxi_map_address(key.vip, 0);
	return loxi_service_of_port(&key, control_flags);
}

LOXI_INLINE struct loxi_service *loxi_find_service(const struct loxi_packet *pkt, const struct loxi_control *ctl, const int family)
{
	struct loxi_service_key key = {};
	struct loxi_service *service;
	__u32 flags = ctl->flags;

	if (family == 4) {
		loxi_map_address(key.vip, pkt->key4.daddr);
		key.port = pkt->key4.dport;
	} else {
		__builtin_memcpy(key.vip, pkt->key6.daddr, 16);
		key.port = pkt->key6.dport;
	}
	key.proto = pkt->proto == IPPROTO_ICMPV6 ? IPPROTO_ICMP : pkt->proto;
	if (!(flags & (LOXI_CONTROL_RANGES | LOXI_CONTROL_BLOCKS | LOXI_CONTROL_HOST)))
		return bpf_map_lookup_elem(&services, &key);
	if ((flags & LOXI_CONTROL_BLOCKS) && pkt->mark) {
		key.block = pkt->mark;
		service = loxi_service_of_vip(&key, flags, family);
		if (service)
			return service;
		key.block = 0;
	}
	return loxi_service_of_vip(&key, flags, family);
}

#endif
