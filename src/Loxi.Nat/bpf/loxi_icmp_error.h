/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ICMP errors about packets of a connection (RFC 5508 section 4, RFC 792, RFC 4443): the embedded packet went the other way,
 * so its connection is found under the reversed tuple; it and the outer addresses are translated. An error never refreshes,
 * changes or deletes an entry.
 */
#ifndef LOXI_ICMP_ERROR_H
#define LOXI_ICMP_ERROR_H

#include "loxi_forward.h"
#include "loxi_group.h"

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

/*
 * The outer packet goes on to where the flow goes. Its source is replaced only when it is the host that the connection hides;
 * a router in between keeps its name (RFC 5508 REQ-5 leaves it).
 */
LOXI_INLINE void loxi_outer_addresses(const struct loxi_packet *pkt, const struct loxi_flow *flow, struct loxi_flow *out, bool from_peer, const int family)
{
	__builtin_memcpy(out, flow, sizeof(*out));
	if (from_peer)
		return;
	if (family == 4)
		out->xsaddr4 = pkt->key4.saddr;
	else
		__builtin_memcpy(out->xsaddr6, pkt->key6.saddr, 16);
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

LOXI_INLINE int loxi_write_error(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, const struct loxi_flow *out, const struct loxi_flow *flow, __u8 hops, const int family)
{
	struct loxi_csum_delta outer = {};
	__u64 pseudo = 0, sum = 0;

	if (loxi_write_embedded_l3(ctx, in, flow, &pseudo, &sum, family) || loxi_write_embedded_l4(ctx, in, flow, pseudo, &sum))
		return -1;
	if (family == 4 ? loxi_write_ipv4(ctx, pkt, out, &outer, hops) : loxi_write_ipv6(ctx, pkt, out, &outer, hops))
		return -1;
	outer.plain = sum;
	return loxi_fix_l4_csum(ctx, pkt, &outer, family);
}

/* Direct server return: what answers a packet of the endpoint comes to the VIP, so here; it goes where the connection goes, as it is. */
LOXI_INLINE int loxi_direct_error(loxi_ctx *ctx, struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	struct loxi_scratch *s = loxi_scratch();

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	loxi_resolve(ctx, flow, pkt, &s->hop, ctl->generation);
	if (s->hop.kind == LOXI_HOP_NO_ROUTE || s->hop.kind == LOXI_HOP_BLACKHOLE)
		return loxi_drop(LOXI_REASON_DROP_BLACKHOLE, pkt->length);
	return loxi_send_direct(ctx, pkt, flow, &s->hop);
}

LOXI_INLINE int loxi_translate_error(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, struct loxi_flow *flow, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_flow *out;
	int verdict;

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	out = &s->forward;
	loxi_outer_addresses(pkt, flow, out, loxi_from_peer(ctx, pkt, in, family), family);
	loxi_resolve(ctx, out, pkt, &s->hop, ctl->generation);
	if (s->hop.kind == LOXI_HOP_NO_ROUTE || s->hop.kind == LOXI_HOP_BLACKHOLE)
		return loxi_drop(LOXI_REASON_DROP_BLACKHOLE, pkt->length);
	verdict = loxi_way_out(ctx, out, &s->hop);
	if (loxi_write_error(ctx, pkt, in, out, flow, loxi_hops(&s->hop), family))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return loxi_send(ctx, pkt, out, &s->hop, verdict);
}

/* Functions of their own, or their stack would count where the packet goes another way. */
LOXI_GLOBAL int loxi_translate_error4(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	return pkt && in && flow && ctl ? loxi_translate_error(ctx, pkt, in, flow, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_translate_error6(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	return pkt && in && flow && ctl ? loxi_translate_error(ctx, pkt, in, flow, ctl, 6) : LOXI_VERDICT_DROP;
}

LOXI_INLINE int loxi_icmp_error(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_embedded in = {};
	struct loxi_flow *flow;
	int verdict;

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	loxi_pull(ctx, pkt->l4 + sizeof(struct icmphdr) + sizeof(struct ipv6hdr) + sizeof(struct loxi_fragment_header) + sizeof(struct tcphdr));
	flow = loxi_embedded_flow(ctx, pkt, &in, &s->key, family);
	if (!flow)
		return loxi_no_service(ctx, pkt, ctl, family, LOXI_REASON_PASS_ICMP_UNRELATED);
	if (ctl->flags & (LOXI_CONTROL_GATES | LOXI_CONTROL_REDIRECT)) {
		verdict = loxi_enter_group(ctx, pkt, flow->vip_group, LOXI_OPEN_FLOW);
		if (verdict != LOXI_ENTERED)
			return verdict;
	}
	if (pkt->ttl <= 1)
		return loxi_drop(LOXI_REASON_REFUSED_TTL, pkt->length);
	if (!loxi_icmp_checksum_ok(ctx, pkt))
		return loxi_drop(LOXI_REASON_DROP_BAD_CHECKSUM, pkt->length);
	if (flow->flags & LOXI_FLOW_DIRECT)
		return loxi_direct_error(ctx, pkt, flow, ctl);
	if (flow->flags & LOXI_FLOW_CROSS)
		return loxi_hold(ctx, pkt, LOXI_REASON_TRANSLATED_BY_NODE, 0, 0);
	return family == 4 ? loxi_translate_error4(ctx, pkt, &in, flow, ctl) : loxi_translate_error6(ctx, pkt, &in, flow, ctl);
}

LOXI_GLOBAL int loxi_icmp_error4(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_icmp_error(ctx, pkt, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_icmp_error6(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_icmp_error(ctx, pkt, ctl, 6) : LOXI_VERDICT_DROP;
}

#endif
