/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From one address family to the other (RFC 7915): whole packets of TCP, UDP, SCTP and echo with plain headers. Fragments, errors,
 * options and UDP without a checksum go to user space, which has the time (LOXI_REASON_TRANSLATED_BY_NODE).
 */
#ifndef LOXI_CROSS_H
#define LOXI_CROSS_H

#include "loxi_rewrite.h"

/* IPv6 headers are that much longer. */
#define LOXI_CROSS_GROWTH (sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* What both headers say. */
struct loxi_header {
	__u32 payload; /* bytes behind the header */
	__u8 proto;    /* of the new family */
	__u8 tos;
	__u8 ttl;      /* of the new header */
	__u64 addresses; /* sum of the old ones */
	__u64 overwritten; /* IPv6: sum of that part of the old header which the new one is written over */
};

LOXI_INLINE __u64 loxi_sum32(const void *at, const int words)
{
	const __u32 *w = at;
	__u64 sum = 0;

	for (int i = 0; i < words; i++)
		sum += w[i];
	return sum;
}

LOXI_INLINE int loxi_read_header(loxi_ctx *ctx, const struct loxi_packet *pkt, struct loxi_header *header, __u8 hops, const int family)
{
	void *at = loxi_at(ctx, pkt->l3);

	header->payload = pkt->length - (pkt->l4 - pkt->l3);
	header->proto = loxi_cross_proto(pkt->proto);
	header->ttl = pkt->ttl - hops;
	if (family == 4) {
		struct iphdr *ip = at;

		if ((void *)(ip + 1) > loxi_data_end(ctx))
			return -1;
		header->tos = ip->tos;
		header->addresses = loxi_sum32(&ip->saddr, 2);
	} else {
		struct ipv6hdr *ip = at;

		if ((void *)(ip + 1) > loxi_data_end(ctx))
			return -1;
		header->tos = bpf_ntohl(*(__be32 *)ip) >> 20;
		header->addresses = loxi_sum32(&ip->saddr, 8);
		header->overwritten = loxi_sum32((void *)ip + LOXI_CROSS_GROWTH, sizeof(struct iphdr) / 4);
	}
	return 0;
}

/* Changes the size of the header. Tags have been taken off, and are put on again by loxi_fix_tags. */
LOXI_INLINE int loxi_resize_header(loxi_ctx *ctx, const int out)
{
#ifdef LOXI_XDP
	return loxi_shift_ethernet(ctx, out == 6 ? -(int)LOXI_CROSS_GROWTH : (int)LOXI_CROSS_GROWTH);
#else
	return bpf_skb_change_proto(ctx, out == 6 ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP), 0);
#endif
}

/* RFC 7915 5.1: packets up to 1,260 bytes may be fragmented in IPv4, and need an identification for that. */
#define LOXI_FRAGMENTABLE 1260

LOXI_INLINE int loxi_put_header4(loxi_ctx *ctx, const struct loxi_header *header, const struct loxi_flow *flow, struct loxi_csum_delta *delta)
{
	struct ethhdr *eth = loxi_data(ctx);
	struct iphdr *ip = (void *)(eth + 1);
	__u32 length = header->payload + sizeof(*ip);
	__u64 sum;

	if ((void *)(ip + 1) > loxi_data_end(ctx))
		return -1;
	eth->h_proto = bpf_htons(ETH_P_IP);
	*(__be16 *)ip = bpf_htons(0x4500 | header->tos);
	ip->tot_len = bpf_htons(length);
	ip->id = length <= LOXI_FRAGMENTABLE ? bpf_get_prandom_u32() : 0;
	ip->frag_off = length <= LOXI_FRAGMENTABLE ? 0 : bpf_htons(0x4000);
	ip->ttl = header->ttl;
	ip->protocol = header->proto;
	ip->check = 0;
	ip->saddr = flow->xsaddr4;
	ip->daddr = flow->xdaddr4;
	sum = (__u64)((__be16 *)ip)[0] + ip->tot_len + ip->id + ip->frag_off + ((__be16 *)ip)[4];
	ip->check = ~loxi_fold(sum + loxi_sum32(&ip->saddr, 2));
	delta->pseudo = loxi_sum32(&ip->saddr, 2) + (__u32)~loxi_fold32(header->addresses);
	/* The kernel has taken what it cut off from its sum; this header sums up to nothing. */
	loxi_note_sum(ctx, ~loxi_fold32(header->overwritten));
	return 0;
}

LOXI_INLINE int loxi_put_header6(loxi_ctx *ctx, const struct loxi_header *header, const struct loxi_flow *flow, struct loxi_csum_delta *delta)
{
	struct ethhdr *eth = loxi_data(ctx);
	struct ipv6hdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > loxi_data_end(ctx))
		return -1;
	eth->h_proto = bpf_htons(ETH_P_IPV6);
	*(__be32 *)ip = bpf_htonl(0x60000000 | (__u32)header->tos << 20);
	ip->payload_len = bpf_htons(header->payload);
	ip->nexthdr = header->proto;
	ip->hop_limit = header->ttl;
	__builtin_memcpy(&ip->saddr, flow->xsaddr6, 16);
	__builtin_memcpy(&ip->daddr, flow->xdaddr6, 16);
	delta->pseudo = loxi_sum32(&ip->saddr, 8) + (__u32)~loxi_fold32(header->addresses);
	/* The header of IPv4 summed up to nothing, this one does not. */
	loxi_note_sum(ctx, loxi_fold32(loxi_sum32(ip, sizeof(*ip) / 4)));
	return 0;
}

/* Echo messages change their type, and only ICMPv6 covers the addresses. `sum` of the new pseudo header. */
LOXI_INLINE int loxi_cross_echo(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_header *header, const struct loxi_flow *flow, __u32 l4, const int out)
{
	struct icmphdr *icmp = loxi_at(ctx, l4);
	bool request = pkt->icmp == LOXI_ICMP_REQUEST;
	__be16 id = request ? flow->xsport : flow->xdport, old;
	__u64 pseudo = bpf_htonl(header->payload) + (__u64)bpf_htonl(IPPROTO_ICMPV6);
	__u32 covered;
	__u64 change;

	if ((void *)(icmp + 1) > loxi_data_end(ctx))
		return -1;
	old = *(__be16 *)icmp;
	if (out == 6)
		icmp->type = request ? ICMPV6_ECHO_REQUEST : ICMPV6_ECHO_REPLY;
	else
		icmp->type = request ? ICMP_ECHO : ICMP_ECHOREPLY;
	change = loxi_delta16(old, *(__be16 *)icmp) + loxi_delta16(icmp->id, id);
	icmp->id = id;
	if (out == 6)
		covered = loxi_fold32(pseudo + loxi_sum32(flow->xsaddr6, 4) + loxi_sum32(flow->xdaddr6, 4));
	else
		covered = ~loxi_fold32(pseudo + header->addresses);
	icmp->checksum = loxi_csum_apply(icmp->checksum, change + covered);
	loxi_note_sum(ctx, ~covered);
	return 0;
}

/* The packet as it is on the other side. Either all of it is done or the caller drops it. */
LOXI_INLINE int loxi_cross(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_flow *flow, __u8 hops, const int family)
{
	const int out = LOXI_OTHER_FAMILY(family);
	struct loxi_csum_delta delta = {};
	struct loxi_header header = {};

	if (loxi_read_header(ctx, pkt, &header, hops, family) || loxi_resize_header(ctx, out))
		return -1;
	pkt->l3 = ETH_HLEN;
	pkt->l4 = ETH_HLEN + (out == 6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
	if (out == 6 ? loxi_put_header6(ctx, &header, flow, &delta) : loxi_put_header4(ctx, &header, flow, &delta))
		return -1;
	if (pkt->icmp)
		return loxi_cross_echo(ctx, pkt, &header, flow, pkt->l4, out);
	if (loxi_write_ports(ctx, pkt, flow, &delta))
		return -1;
	/* As in IPv4, also towards IPv6: the new header has been added to the device's sum with its addresses, the checksum follows. */
	return loxi_fix_l4_csum(ctx, pkt, &delta, 4);
}

LOXI_GLOBAL int loxi_cross4(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 hops)
{
	return pkt && flow ? loxi_cross(ctx, pkt, flow, hops, 4) : -1;
}

LOXI_GLOBAL int loxi_cross6(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 hops)
{
	return pkt && flow ? loxi_cross(ctx, pkt, flow, hops, 6) : -1;
}

/* What only user space translates. */
LOXI_INLINE bool loxi_is_hard_to_cross(loxi_ctx *ctx, const struct loxi_packet *pkt)
{
	const struct udphdr *udp;

	if (pkt->fragment != LOXI_NOT_FRAGMENTED || !pkt->plain)
		return true;
	if (pkt->proto != IPPROTO_UDP)
		return false;
	udp = loxi_at(ctx, pkt->l4);
	return (void *)(udp + 1) > loxi_data_end(ctx) || !udp->check;
}

#endif
