/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The upper-layer header: ports, TCP flags and sequence numbers, kinds of ICMP messages. */
#ifndef LOXI_PARSE_L4_H
#define LOXI_PARSE_L4_H

#include "loxi_packet.h"

/* Where the ports of the key are. IPv4 and IPv6 keys differ in their addresses only. */
LOXI_INLINE void loxi_set_ports(struct loxi_packet *pkt, __be16 sport, __be16 dport)
{
	if (pkt->family == 4) {
		pkt->key4.sport = sport;
		pkt->key4.dport = dport;
	} else {
		pkt->key6.sport = sport;
		pkt->key6.dport = dport;
	}
}

/*
 * Both ports and the protocol, the last eight bytes of either key, for one store: the hash of the table reads words, and a
 * word that was written in pieces stalls the load (store forwarding).
 */
LOXI_INLINE __u64 loxi_key_tail(__u32 ports, __u8 proto)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u64)proto << 32 | ports;
#else
	return (__u64)ports << 32 | (__u32)proto << 24;
#endif
}

/* Both addresses, in words that are as wide as can be: packets lie where the compiler cannot know the alignment. */
LOXI_INLINE void loxi_copy_addresses6(struct loxi_flow_key6 *key, const void *addresses)
{
	__u64 *to = (__u64 *)key->saddr;
	const __u64 *from = addresses;

	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
	to[3] = from[3];
}

LOXI_INLINE void loxi_set_port_pair(struct loxi_packet *pkt, __u32 ports, const int family)
{
	__u64 *tail = family == 4 ? (__u64 *)&pkt->key4.sport : (__u64 *)&pkt->key6.sport;

	*tail = loxi_key_tail(ports, pkt->proto);
}

LOXI_INLINE void loxi_parse_icmp(struct loxi_packet *pkt, const struct icmphdr *icmp, const int family)
{
	bool v4 = family == 4;
	__u8 type = icmp->type;

	if (type == (v4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST)) {
		pkt->icmp = LOXI_ICMP_REQUEST;
		loxi_set_ports(pkt, icmp->id, 0);
	} else if (type == (v4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY)) {
		pkt->icmp = LOXI_ICMP_REPLY;
		loxi_set_ports(pkt, 0, icmp->id);
	} else if (v4 ? type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB
		      : type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB) {
		pkt->icmp = LOXI_ICMP_ERROR;
	}
}

LOXI_INLINE void loxi_parse_tcp(struct loxi_packet *pkt, const struct tcphdr *tcp, const int family)
{
	__u8 flags = ((const __u8 *)tcp)[13];
	__u32 header = tcp->doff * 4;
	__u32 before = pkt->l4 - pkt->l3 + header;

	if (header < sizeof(*tcp) || before > pkt->length) {
		pkt->error = LOXI_REASON_DROP_MALFORMED;
		return;
	}
	loxi_set_port_pair(pkt, *(const __u32 *)tcp, family);
	pkt->tcp_flags = flags;
	pkt->seq = bpf_ntohl(tcp->seq);
	pkt->ack = bpf_ntohl(tcp->ack_seq);
	pkt->headers = before;
	pkt->seq_end = pkt->seq + (pkt->length - before) + ((flags & LOXI_TCP_SYN) ? 1 : 0) + ((flags & LOXI_TCP_FIN) ? 1 : 0);
}

LOXI_INLINE void loxi_parse_sctp(struct loxi_packet *pkt, const struct loxi_sctphdr *sctp, const void *end, const int family)
{
	loxi_set_port_pair(pkt, *(const __u32 *)sctp, family);
	pkt->seq = sctp->tag;
	pkt->chunk = sctp->chunk;
	pkt->chunk_flags = sctp->flags;
	pkt->headers = pkt->l4 - pkt->l3 + LOXI_SCTP_LEAST;
	if (pkt->chunk != LOXI_SCTP_INIT && pkt->chunk != LOXI_SCTP_INIT_ACK)
		return;
	/* RFC 9260 3.3.2, 3.3.3: the tag is never 0, and only an INIT is sent without one (8.5.1). */
	if ((const void *)(sctp + 1) > end || pkt->headers + 4 > pkt->length || !sctp->init_tag || (pkt->chunk == LOXI_SCTP_INIT) != !sctp->tag) {
		pkt->error = LOXI_REASON_DROP_MALFORMED;
		return;
	}
	pkt->ack = sctp->init_tag;
}

/* The upper-layer header at pkt->l4. What is too short for its protocol cannot be balanced. */
LOXI_INLINE void loxi_parse_l4(loxi_ctx *ctx, struct loxi_packet *pkt, const int family)
{
	void *end = loxi_data_end(ctx), *l4;

	if (pkt->fragment == LOXI_LATER_FRAGMENT) {
		loxi_set_port_pair(pkt, 0, family);
		return;
	}
	/* Of UDP and ICMP, whose headers have one length. The frame may be padded beyond the packet. */
	pkt->headers = pkt->l4 - pkt->l3 + sizeof(struct udphdr);
	l4 = loxi_at(ctx, pkt->l4);
	if (pkt->proto == IPPROTO_TCP) {
		if (l4 + sizeof(struct tcphdr) > end)
			goto short_header;
		loxi_parse_tcp(pkt, l4, family);
	} else if (pkt->proto == IPPROTO_UDP) {
		struct udphdr *udp = l4;

		if (l4 + sizeof(*udp) > end || pkt->headers > pkt->length || bpf_ntohs(udp->len) < sizeof(*udp))
			goto short_header;
		loxi_set_port_pair(pkt, *(const __u32 *)udp, family);
	} else if (pkt->proto == IPPROTO_SCTP) {
		if (l4 + LOXI_SCTP_LEAST > end || pkt->l4 - pkt->l3 + LOXI_SCTP_LEAST > pkt->length)
			goto short_header;
		loxi_parse_sctp(pkt, l4, end, family);
	} else if (pkt->proto == (family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
		if (l4 + sizeof(struct icmphdr) > end || pkt->headers > pkt->length)
			goto short_header;
		loxi_set_port_pair(pkt, 0, family);
		loxi_parse_icmp(pkt, l4, family);
	}
	return;
short_header:
	pkt->error = pkt->fragment == LOXI_FIRST_FRAGMENT ? LOXI_REASON_DROP_TINY_FRAGMENT : LOXI_REASON_DROP_MALFORMED;
}

#endif
