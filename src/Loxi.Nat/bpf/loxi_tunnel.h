/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * IP in IP (RFC 2003, RFC 2473, RFC 4213), without a tunnel device: the packet, whose addresses stay, gets an outer header from the
 * flow's xsaddr to its xdaddr. The outer header may be fragmented where the inner one may; an IPv6 outer header never is.
 */
#ifndef LOXI_TUNNEL_H
#define LOXI_TUNNEL_H

#include "loxi_rewrite.h"

#define LOXI_TUNNEL_TTL 64

/* What the outer header takes from the inner one. */
struct loxi_inner {
	__u32 length;  /* from the IP header on */
	__u8 family;
	__u8 tos;      /* traffic class: class and congestion notification are copied (RFC 6040 4.1, normal mode) */
	__u8 dont_fragment;
	__u8 udp;
};

LOXI_INLINE __u32 loxi_tunnel_overhead(const struct loxi_flow *flow, int family)
{
	return loxi_out_family(flow, family) == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/* Reads the inner header and takes one off its TTL. */
LOXI_INLINE int loxi_enter_tunnel(loxi_ctx *ctx, __u32 l3, struct loxi_inner *inner)
{
	void *at = loxi_at(ctx, l3);

	if (inner->family == 4) {
		struct iphdr *ip = at;

		if ((void *)(ip + 1) > loxi_data_end(ctx))
			return -1;
		inner->tos = ip->tos;
		inner->dont_fragment = !!(ip->frag_off & bpf_htons(0x4000));
		inner->udp = ip->protocol == IPPROTO_UDP;
		ip->check = loxi_csum_apply(ip->check, (__u16)~bpf_htons(0x0100));
		ip->ttl--;
	} else {
		struct ipv6hdr *ip = at;

		if ((void *)(ip + 1) > loxi_data_end(ctx))
			return -1;
		inner->tos = bpf_ntohl(*(__be32 *)ip) >> 20;
		inner->dont_fragment = 1;
		inner->udp = ip->nexthdr == IPPROTO_UDP;
		ip->hop_limit--;
		loxi_note_sum(ctx, (__u16)~bpf_htons(1));
	}
	return 0;
}

/* Room for the outer header between the Ethernet header and the inner one. The frame has no tags. */
LOXI_INLINE int loxi_make_tunnel_room(loxi_ctx *ctx, const struct loxi_inner *inner, const int out)
{
	const int size = out == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
#ifdef LOXI_XDP
	return loxi_shift_ethernet(ctx, -size);
#else
	__u64 flags = out == 4 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV6;

	/* Segments of TCP become smaller by themselves; datagrams keep their size. */
	if (loxi_is_gso(ctx) && inner->udp)
		flags |= BPF_F_ADJ_ROOM_FIXED_GSO;
	return bpf_skb_adjust_room(ctx, size, BPF_ADJ_ROOM_MAC, flags);
#endif
}

LOXI_INLINE int loxi_write_outer4(loxi_ctx *ctx, const struct loxi_inner *inner, __be32 saddr, __be32 daddr)
{
	struct ethhdr *eth = loxi_data(ctx);
	struct iphdr *ip = (void *)(eth + 1);
	__u64 sum;

	if ((void *)(ip + 1) > loxi_data_end(ctx))
		return -1;
	eth->h_proto = bpf_htons(ETH_P_IP);
	*(__be16 *)ip = bpf_htons(0x4500 | inner->tos);
	ip->tot_len = bpf_htons(inner->length + sizeof(*ip));
	/* Only what may be fragmented needs to be told apart (RFC 6864 4.1). */
	ip->id = inner->dont_fragment ? 0 : bpf_get_prandom_u32();
	ip->frag_off = inner->dont_fragment ? bpf_htons(0x4000) : 0;
	ip->ttl = LOXI_TUNNEL_TTL;
	ip->protocol = inner->family == 4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	ip->check = 0;
	ip->saddr = saddr;
	ip->daddr = daddr;
	sum = (__u64)((__be16 *)ip)[0] + ip->tot_len + ip->id + ip->frag_off + ((__be16 *)ip)[4];
	sum += (saddr & 0xffff) + (saddr >> 16) + (daddr & 0xffff) + (daddr >> 16);
	ip->check = ~loxi_fold(sum);
	return 0;
}

LOXI_INLINE int loxi_write_outer6(loxi_ctx *ctx, const struct loxi_inner *inner, const __u8 *saddr, const __u8 *daddr)
{
	struct ethhdr *eth = loxi_data(ctx);
	struct ipv6hdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > loxi_data_end(ctx))
		return -1;
	eth->h_proto = bpf_htons(ETH_P_IPV6);
	*(__be32 *)ip = bpf_htonl(0x60000000 | (__u32)inner->tos << 20);
	ip->payload_len = bpf_htons(inner->length);
	ip->nexthdr = inner->family == 4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	ip->hop_limit = LOXI_TUNNEL_TTL;
	__builtin_memcpy(&ip->saddr, saddr, 16);
	__builtin_memcpy(&ip->daddr, daddr, 16);
	return 0;
}

/* The whole way into the tunnel. `l3`: offset of the inner header, behind an Ethernet header without tags. */
LOXI_INLINE int loxi_encapsulate(loxi_ctx *ctx, const struct loxi_flow *flow, __u32 l3, __u32 length, const int family, const int out)
{
	struct loxi_inner inner = { .length = length, .family = family };

	if (loxi_enter_tunnel(ctx, l3, &inner) || loxi_make_tunnel_room(ctx, &inner, out))
		return -1;
	if (out == 4)
		return loxi_write_outer4(ctx, &inner, flow->xsaddr4, flow->xdaddr4);
	return loxi_write_outer6(ctx, &inner, flow->xsaddr6, flow->xdaddr6);
}

LOXI_GLOBAL int loxi_tunnel4(loxi_ctx *ctx, const struct loxi_flow *flow, const struct loxi_packet *pkt)
{
	if (!flow || !pkt)
		return -1;
	return flow->flags & LOXI_FLOW_CROSS ? loxi_encapsulate(ctx, flow, pkt->l3, pkt->length, 4, 6) : loxi_encapsulate(ctx, flow, pkt->l3, pkt->length, 4, 4);
}

LOXI_GLOBAL int loxi_tunnel6(loxi_ctx *ctx, const struct loxi_flow *flow, const struct loxi_packet *pkt)
{
	if (!flow || !pkt)
		return -1;
	return flow->flags & LOXI_FLOW_CROSS ? loxi_encapsulate(ctx, flow, pkt->l3, pkt->length, 6, 4) : loxi_encapsulate(ctx, flow, pkt->l3, pkt->length, 6, 6);
}

#endif
