/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The other end of loxi_group.h: packets that another node hands over in a tunnel come out of it here. */
#ifndef LOXI_PEER_H
#define LOXI_PEER_H

#include "loxi_tunnel.h"

LOXI_INLINE bool loxi_is_address(const struct loxi_address_key *key, __u32 flag)
{
	struct loxi_address *address = bpf_map_lookup_elem(&addresses, key);

	return address && (address->flags & flag);
}

/* What is inside (4 or 6) when a peer sent the packet in a tunnel to this node and the outer header is the plain one that nodes write; else 0. */
LOXI_INLINE int loxi_inner_family(loxi_ctx *ctx, const struct loxi_packet *pkt, __be16 proto)
{
	void *at = loxi_at(ctx, pkt->l3), *end = loxi_data_end(ctx);
	struct loxi_address_key saddr, daddr;
	__u8 next;

	if (proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = at;

		if ((void *)(ip + 1) > end || *(__u8 *)ip != 0x45 || (ip->frag_off & bpf_htons(LOXI_IP_OFFSET_MASK | LOXI_IP_MORE_FRAGMENTS)))
			return 0;
		next = ip->protocol;
		loxi_map_address(saddr.addr, ip->saddr);
		loxi_map_address(daddr.addr, ip->daddr);
	} else if (proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = at;

		if ((void *)(ip + 1) > end || ip->version != 6)
			return 0;
		next = ip->nexthdr;
		__builtin_memcpy(saddr.addr, &ip->saddr, 16);
		__builtin_memcpy(daddr.addr, &ip->daddr, 16);
	} else {
		return 0;
	}
	if ((next != IPPROTO_IPIP && next != IPPROTO_IPV6) || pkt->tags)
		return 0;
	/* Tunnels that only pass through this node are none of its business. */
	if (!loxi_is_address(&saddr, LOXI_ADDRESS_PEER) || !loxi_is_address(&daddr, LOXI_ADDRESS_LOCAL))
		return 0;
	return next == IPPROTO_IPIP ? 4 : 6;
}

/* Takes the outer header off. */
LOXI_INLINE int loxi_leave_tunnel(loxi_ctx *ctx, const int outer, const int inner)
{
	const int size = outer == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct ethhdr *eth;

#ifdef LOXI_XDP
	if (loxi_shift_ethernet(ctx, size))
		return -1;
#else
	const int left = inner == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	/* Or it would be found out half-way. */
	if (loxi_frame_length(ctx) < (__u32)(ETH_HLEN + size + left))
		return -1;
	/*
	 * Between the families: the outer header becomes one of the inner family, which is what the kernel takes the frame for from then on.
	 * The flags of bpf_skb_adjust_room that say so came with Linux 6.3.
	 */
	if (outer != inner && bpf_skb_change_proto(ctx, inner == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6), 0))
		return -1;
	if (bpf_skb_adjust_room(ctx, -left, BPF_ADJ_ROOM_MAC, 0))
		return -1;
	loxi_pull(ctx, ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct tcphdr));
#endif
	eth = loxi_data(ctx);
	if ((void *)(eth + 1) > loxi_data_end(ctx))
		return -1;
	eth->h_proto = inner == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	return 0;
}

/* Whether the packet came out of a peer's tunnel: it starts anew then. */
LOXI_GLOBAL int loxi_take_from_peer(loxi_ctx *ctx, const struct loxi_packet *pkt, __u32 proto)
{
	int outer = proto == bpf_htons(ETH_P_IP) ? 4 : 6, inner;
	long failed;

	if (!pkt)
		return 0;
	inner = loxi_inner_family(ctx, pkt, proto);
	if (!inner)
		return 0;
	if (outer == 4)
		failed = inner == 4 ? loxi_leave_tunnel(ctx, 4, 4) : loxi_leave_tunnel(ctx, 4, 6);
	else
		failed = inner == 4 ? loxi_leave_tunnel(ctx, 6, 4) : loxi_leave_tunnel(ctx, 6, 6);
	if (failed)
		return 0;
	loxi_count_reason(LOXI_REASON_TAKEN_FROM_PEER, loxi_frame_length(ctx));
	return 1;
}

#endif
