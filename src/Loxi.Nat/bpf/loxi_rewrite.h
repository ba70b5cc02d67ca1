/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From "what it shall look like" to the bytes: addresses, ports, TTL, Ethernet header. What that does to checksums: loxi_delta.h. */
#ifndef LOXI_REWRITE_H
#define LOXI_REWRITE_H

#include "loxi_checksum.h"
#include "loxi_delta.h"
#include "loxi_nexthop.h"

/* Both ports of TCP or UDP in one store. */
LOXI_INLINE void loxi_put_ports(__u32 *ports, const struct loxi_flow *flow, struct loxi_csum_delta *delta)
{
	__u32 from = *ports, to = (__u32)flow->xdport << 16 | flow->xsport;

	if (from == to)
		return;
	delta->plain = loxi_delta32(from, to);
	*ports = to;
}

/*
 * Ports of SCTP and what they do to its checksum, which covers no address. A checksum of zero is left to the device (CHECKSUM_PARTIAL,
 * as local senders do); that of a first fragment covers bytes that are not here.
 */
LOXI_INLINE int loxi_write_sctp(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow)
{
	struct loxi_sctphdr *sctp = loxi_at(ctx, pkt->l4);
	__u32 *ports = (__u32 *)sctp, from, to = (__u32)flow->xdport << 16 | flow->xsport, check;

	if ((void *)sctp + LOXI_SCTP_LEAST > loxi_data_end(ctx))
		return -1;
	from = *ports;
	if (from == to)
		return 0;
	if (pkt->fragment == LOXI_FIRST_FRAGMENT)
		return -1;
	*ports = to;
	loxi_note_sum(ctx, loxi_fold32(loxi_delta32(from, to)));
	if (!sctp->checksum)
		return 0;
	check = sctp->checksum ^ loxi_crc_change(from ^ to, pkt->length - (pkt->l4 - pkt->l3) - sizeof(*ports));
	sctp = loxi_at(ctx, pkt->l4);
	if ((void *)sctp + LOXI_SCTP_LEAST > loxi_data_end(ctx))
		return -1;
	loxi_note_sum(ctx, loxi_fold32(loxi_delta32(sctp->checksum, check)));
	sctp->checksum = check;
	return 0;
}

/* Writes ports, or the identifier of an ICMP query, in place and notes the change. */
LOXI_INLINE int loxi_write_ports(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, struct loxi_csum_delta *delta)
{
	void *end = loxi_data_end(ctx);
	__u32 offset = pkt->l4;
	__u16 *ports;

	ports = loxi_at(ctx, offset);
	if (pkt->proto == IPPROTO_TCP || pkt->proto == IPPROTO_UDP) {
		if ((void *)(ports + 2) > end)
			return -1;
		loxi_put_ports((__u32 *)ports, flow, delta);
	} else if (pkt->proto == IPPROTO_SCTP) {
		return loxi_write_sctp(ctx, pkt, flow);
	} else {
		__be16 id = pkt->icmp == LOXI_ICMP_REQUEST ? flow->xsport : flow->xdport;

		if ((void *)(ports + 4) > end)
			return -1;
		if (ports[2] != id) {
			delta->plain = loxi_delta16(ports[2], id);
			ports[2] = id;
		}
	}
	return 0;
}

/* `hops`: what to take off the TTL. 1 where Loxi forwards, 0 where it leaves that to the kernel. */
LOXI_INLINE void loxi_put_ipv4(struct iphdr *ip, const struct loxi_flow *flow, struct loxi_csum_delta *delta, __u8 hops)
{
	delta->pseudo = loxi_delta32(ip->saddr, flow->xsaddr4) + loxi_delta32(ip->daddr, flow->xdaddr4);
	/* The TTL is the high byte of its 16-bit word. */
	ip->check = loxi_csum_apply(ip->check, delta->pseudo + (hops ? (__u16)~bpf_htons(0x0100) : 0));
	ip->saddr = flow->xsaddr4;
	ip->daddr = flow->xdaddr4;
	ip->ttl -= hops;
}

LOXI_INLINE int loxi_write_ipv4(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, struct loxi_csum_delta *delta, __u8 hops)
{
	struct iphdr *ip = loxi_at(ctx, pkt->l3);

	if ((void *)(ip + 1) > loxi_data_end(ctx))
		return -1;
	loxi_put_ipv4(ip, flow, delta, hops);
	return 0;
}

/* Returns what it adds to the checksum. One of the two addresses of a packet usually stays. */
LOXI_INLINE __u64 loxi_put_address6(void *at, const __u8 *to)
{
	__u64 *from = at, delta;
	const __u64 *wide = (const __u64 *)to;

	if (from[0] == wide[0] && from[1] == wide[1])
		return 0;
	delta = loxi_delta128(at, to);
	from[0] = wide[0];
	from[1] = wide[1];
	return delta;
}

LOXI_INLINE void loxi_put_ipv6(loxi_ctx *ctx, struct ipv6hdr *ip, const struct loxi_flow *flow, struct loxi_csum_delta *delta, __u8 hops)
{
	delta->pseudo = loxi_put_address6(&ip->saddr, flow->xsaddr6) + loxi_put_address6(&ip->daddr, flow->xdaddr6);
	if (hops) {
		ip->hop_limit -= hops;
		loxi_note_sum(ctx, (__u16)~bpf_htons(1));
	}
}

LOXI_INLINE int loxi_write_ipv6(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, struct loxi_csum_delta *delta, __u8 hops)
{
	struct ipv6hdr *ip = loxi_at(ctx, pkt->l3);

	if ((void *)(ip + 1) > loxi_data_end(ctx))
		return -1;
	loxi_put_ipv6(ctx, ip, flow, delta, hops);
	return 0;
}

/* One hop less. */
LOXI_INLINE void loxi_put_hop(loxi_ctx *ctx, void *at, const int family)
{
	if (family == 4) {
		struct iphdr *ip = at;

		ip->check = loxi_csum_apply(ip->check, (__u16)~bpf_htons(0x0100));
		ip->ttl--;
	} else {
		struct ipv6hdr *ip = at;

		ip->hop_limit--;
		loxi_note_sum(ctx, (__u16)~bpf_htons(1));
	}
}

/* Takes `hops` off the TTL and changes nothing else. */
LOXI_INLINE int loxi_hop_on(loxi_ctx *ctx, const struct loxi_packet *pkt, __u8 hops)
{
	void *ip = loxi_at(ctx, pkt->l3);

	if (!hops)
		return 0;
	if (ip + (pkt->family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) > loxi_data_end(ctx))
		return -1;
	if (pkt->family == 4)
		loxi_put_hop(ctx, ip, 4);
	else
		loxi_put_hop(ctx, ip, 6);
	return 0;
}

/* Everything from the IP header on. Either all of it is done or the caller drops the packet. */
LOXI_INLINE int loxi_translate(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, __u8 hops, const int family)
{
	struct loxi_csum_delta delta = {};

	if (family == 4 ? loxi_write_ipv4(ctx, pkt, flow, &delta, hops) : loxi_write_ipv6(ctx, pkt, flow, &delta, hops))
		return -1;
	if (pkt->fragment == LOXI_LATER_FRAGMENT) {
		if (family == 6)
			loxi_note_sum(ctx, loxi_fold32(delta.pseudo));
		return 0;
	}
	if (loxi_write_ports(ctx, pkt, flow, &delta))
		return -1;
	return loxi_fix_l4_csum(ctx, pkt, &delta, family);
}

LOXI_INLINE void loxi_put_macs(void *eth, const struct loxi_flow *flow)
{
	/* dmac and smac are neighbours here as there: two stores instead of twelve. */
	*(__u64 *)eth = *(const __u64 *)flow->dmac;
	*(__u32 *)(eth + 8) = *(const __u32 *)(flow->dmac + 8);
}

LOXI_INLINE int loxi_write_macs(loxi_ctx *ctx, const struct loxi_flow *flow)
{
	struct ethhdr *eth = loxi_data(ctx);

	if ((void *)(eth + 1) > loxi_data_end(ctx))
		return -1;
	loxi_put_macs(eth, flow);
	return 0;
}

#endif
