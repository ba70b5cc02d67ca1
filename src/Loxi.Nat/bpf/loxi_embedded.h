/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The packet that an ICMP error reports: whose it is, and how it is translated back. It went the other way than the error does. */
#ifndef LOXI_EMBEDDED_H
#define LOXI_EMBEDDED_H

#include "loxi_rewrite.h"

/* What is known of the packet inside the error. */
struct loxi_embedded {
	__u32 l3;
	__u32 l4;
	__u8 proto;
	__u8 echo; /* enum loxi_icmp_kind */
};

/* Ports of the embedded packet, in its own direction. */
LOXI_INLINE bool loxi_embedded_ports(loxi_ctx *ctx, struct loxi_embedded *in, __be16 *sport, __be16 *dport, const int family)
{
	__u32 offset = in->l4;
	__u16 *l4;

	l4 = loxi_at(ctx, offset);
	if ((void *)(l4 + 4) > loxi_data_end(ctx))
		return false;
	if (in->proto == IPPROTO_TCP || in->proto == IPPROTO_UDP || in->proto == IPPROTO_SCTP) {
		*sport = l4[0];
		*dport = l4[1];
		return true;
	}
	if (in->proto == (family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
		__u8 type = *(__u8 *)l4;

		if (type == (family == 4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST)) {
			in->echo = LOXI_ICMP_REQUEST;
			*sport = l4[2];
			*dport = 0;
			return true;
		}
		if (type == (family == 4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY)) {
			in->echo = LOXI_ICMP_REPLY;
			*sport = 0;
			*dport = l4[2];
			return true;
		}
	}
	return false;
}

/* Finds the connection; the key is that of the direction in which the error itself travels. */
LOXI_INLINE struct loxi_flow *loxi_embedded_flow(loxi_ctx *ctx, const struct loxi_packet *pkt, struct loxi_embedded *in, union loxi_flow_key *key, const int family)
{
	void *end = loxi_data_end(ctx);
	__be16 sport = 0, dport = 0;
	__u32 offset = pkt->l4 + sizeof(struct icmphdr);

	/* Behind headers so long, loxi_at would come back to their beginning. */
	if (offset + sizeof(struct ipv6hdr) + sizeof(struct loxi_fragment_header) + sizeof(struct tcphdr) > LOXI_HEADERS_MASK)
		return 0;
	in->l3 = offset;
	__builtin_memset(key, 0, sizeof(*key));
	if (family == 4) {
		struct iphdr *ip = loxi_at(ctx, offset);

		if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl < 5 || (ip->frag_off & bpf_htons(LOXI_IP_OFFSET_MASK)))
			return 0;
		in->proto = ip->protocol;
		in->l4 = offset + ip->ihl * 4;
		key->key4.saddr = ip->daddr;
		key->key4.daddr = ip->saddr;
		key->key4.proto = ip->protocol;
		if (!loxi_embedded_ports(ctx, in, &sport, &dport, family))
			return 0;
		key->key4.sport = dport;
		key->key4.dport = sport;
	} else {
		struct ipv6hdr *ip = loxi_at(ctx, offset);

		if ((void *)(ip + 1) > end || ip->version != 6)
			return 0;
		in->proto = ip->nexthdr;
		in->l4 = offset + sizeof(*ip);
		__builtin_memcpy(key->key6.saddr, &ip->daddr, 16);
		__builtin_memcpy(key->key6.daddr, &ip->saddr, 16);
		/* Of a datagram in pieces: the first one has the ports, and it is the one that is too big. */
		if (ip->nexthdr == IPPROTO_FRAGMENT) {
			struct loxi_fragment_header *fragment = loxi_at(ctx, in->l4);

			if ((void *)(fragment + 1) > end || (fragment->offset & bpf_htons(0xfff8)))
				return 0;
			in->proto = fragment->next;
			in->l4 += sizeof(*fragment);
		}
		key->key6.proto = in->proto;
		if (!loxi_embedded_ports(ctx, in, &sport, &dport, family))
			return 0;
		key->key6.sport = dport;
		key->key6.dport = sport;
	}
	return loxi_flow_lookup(key, family);
}

/* Embedded destination becomes the flow's translated source, embedded source its translated destination. Adds the change to `sum`. */
LOXI_INLINE int loxi_write_embedded_l3(loxi_ctx *ctx, const struct loxi_embedded *in, const struct loxi_flow *flow, __u64 *pseudo, __u64 *sum, const int family)
{
	void *end = loxi_data_end(ctx);
	__u32 offset = in->l3;

	if (family == 4) {
		struct iphdr *ip = loxi_at(ctx, offset);

		if ((void *)(ip + 1) > end)
			return -1;
		*pseudo = loxi_delta32(ip->saddr, flow->xdaddr4) + loxi_delta32(ip->daddr, flow->xsaddr4);
		/* The header's own checksum moves the other way: the sum over the header stays as it is. */
		ip->check = loxi_csum_apply(ip->check, *pseudo);
		ip->saddr = flow->xdaddr4;
		ip->daddr = flow->xsaddr4;
	} else {
		struct ipv6hdr *ip = loxi_at(ctx, offset);

		if ((void *)(ip + 1) > end)
			return -1;
		*pseudo = loxi_delta128((__u8 *)&ip->saddr, flow->xdaddr6) + loxi_delta128((__u8 *)&ip->daddr, flow->xsaddr6);
		*sum += *pseudo;
		__builtin_memcpy(&ip->saddr, flow->xdaddr6, 16);
		__builtin_memcpy(&ip->daddr, flow->xsaddr6, 16);
	}
	return 0;
}

LOXI_INLINE int loxi_write_embedded_l4(loxi_ctx *ctx, const struct loxi_embedded *in, const struct loxi_flow *flow, __u64 pseudo, __u64 *sum)
{
	void *end = loxi_data_end(ctx);
	__u32 offset = in->l4;
	__u64 change;
	__u16 *l4;

	l4 = loxi_at(ctx, offset);
	if ((void *)(l4 + 4) > end)
		return -1;
	if (in->echo) {
		__be16 id = in->echo == LOXI_ICMP_REQUEST ? flow->xdport : flow->xsport;

		change = loxi_delta16(l4[2], id);
		l4[2] = id;
		/* ICMPv6 covers the addresses, ICMP does not. */
		*sum += change;
		if (in->proto == IPPROTO_ICMPV6)
			change += pseudo;
		__u16 old = l4[1];

		l4[1] = loxi_csum_apply(old, change);
		*sum += loxi_delta16(old, l4[1]);
		return 0;
	}
	change = loxi_delta16(l4[0], flow->xdport) + loxi_delta16(l4[1], flow->xsport);
	l4[0] = flow->xdport;
	l4[1] = flow->xsport;
	*sum += change;
	/* SCTP: what is here of the packet is not all that its checksum covers. */
	if (in->proto == IPPROTO_UDP && l4[3]) {
		__u16 old = l4[3], check = loxi_csum_apply(old, change + pseudo);

		l4[3] = check ? check : 0xffff;
		*sum += loxi_delta16(old, l4[3]);
	} else if (in->proto == IPPROTO_TCP && (void *)(l4 + 9) <= end) {
		/* RFC 792 asks for eight bytes only: the checksum may not be there. */
		__u16 old = l4[8];

		l4[8] = loxi_csum_apply(old, change + pseudo);
		*sum += loxi_delta16(old, l4[8]);
	}
	return 0;
}

LOXI_INLINE bool loxi_from_peer(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, const int family)
{
	void *end = loxi_data_end(ctx);
	__u32 offset = in->l3;

	if (family == 4) {
		struct iphdr *ip = loxi_at(ctx, offset);

		return (void *)(ip + 1) <= end && ip->daddr == pkt->key4.saddr;
	}
	struct ipv6hdr *ip = loxi_at(ctx, offset);
	const __u32 *s = (const __u32 *)pkt->key6.saddr;

	return (void *)(ip + 1) <= end && ip->daddr.s6_addr32[0] == s[0] && ip->daddr.s6_addr32[1] == s[1] && ip->daddr.s6_addr32[2] == s[2] && ip->daddr.s6_addr32[3] == s[3];
}

#endif
