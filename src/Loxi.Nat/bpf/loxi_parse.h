/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a frame to a flow key: Ethernet, up to two VLAN tags, IPv4 with options or IPv6 with extension headers, TCP, UDP, ICMP. */
#ifndef LOXI_PARSE_H
#define LOXI_PARSE_H

#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "loxi_ctx.h"

#define LOXI_IP_OFFSET_MASK 0x1fff
#define LOXI_IP_MORE_FRAGMENTS 0x2000
#define LOXI_MAX_TAGS 2
/* Deeper chains are dropped when they are for a service: hop-by-hop, destination, fragment, destination is the longest legal one without routing. */
#define LOXI_MAX_EXTENSION_HEADERS 4

#define LOXI_TCP_FIN 0x01
#define LOXI_TCP_SYN 0x02
#define LOXI_TCP_RST 0x04
#define LOXI_TCP_ACK 0x10

enum loxi_fragment_kind {
	LOXI_NOT_FRAGMENTED = 0,
	LOXI_FIRST_FRAGMENT = 1,
	LOXI_LATER_FRAGMENT = 2,
};

enum loxi_icmp_kind {
	LOXI_ICMP_OTHER = 0,
	LOXI_ICMP_REQUEST = 1,
	LOXI_ICMP_REPLY = 2,
	LOXI_ICMP_ERROR = 3,
};

/* <linux/icmp.h> needs the C library's headers. The ICMPv6 header begins alike. RFC 792. */
#define ICMP_ECHOREPLY 0
#define ICMP_DEST_UNREACH 3
#define ICMP_ECHO 8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETERPROB 12

struct icmphdr {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be16 id;
	__be16 sequence;
};

struct loxi_vlan_header {
	__be16 tci;
	__be16 proto;
};

struct loxi_fragment_header {
	__u8 next;
	__u8 reserved;
	__be16 offset;
	__be32 id;
};

struct loxi_packet {
	union {
		struct loxi_flow_key4 key4;
		struct loxi_flow_key6 key6;
	};
	__u32 length;      /* from the IP header on, all segments of a GSO frame */
	__u32 seq;         /* TCP: sequence number, and the one after this segment */
	__u32 seq_end;
	__u32 ack;
	__u32 fragment_id;
	__u16 l3;          /* offsets from the start of the frame */
	__u16 l4;
	__u16 vlan[LOXI_MAX_TAGS];
	__u16 headers;     /* bytes of the IP and upper-layer headers */
	__u16 error;       /* enum loxi_reason: why the packet cannot be balanced, if it is for a service */
	__u8 tags;         /* tags in vlan[], of which tags_inline are in the frame itself */
	__u8 tags_inline;
	__u8 family;       /* 4, 6; 0: not IP */
	__u8 proto;        /* upper-layer protocol; ICMPv6 is IPPROTO_ICMPV6 */
	__u8 ttl;
	__u8 tcp_flags;
	__u8 fragment;     /* enum loxi_fragment_kind */
	__u8 icmp;         /* enum loxi_icmp_kind */
} __attribute__((aligned(8)));

LOXI_INLINE bool loxi_is_vlan(__be16 proto)
{
	return proto == bpf_htons(ETH_P_8021Q) || proto == bpf_htons(ETH_P_8021AD);
}

/* Reads the tags; returns the EtherType and leaves pkt->l3 at the network header. */
LOXI_INLINE __be16 loxi_parse_ethernet(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	void *data = loxi_data(ctx), *end = loxi_data_end(ctx);
	struct ethhdr *eth = data;
	__be16 proto;

	if ((void *)(eth + 1) > end)
		return 0;
	proto = *(__be16 *)(data + offsetof(struct ethhdr, h_proto));
	pkt->l3 = sizeof(*eth);
#ifndef LOXI_XDP
	if (ctx->vlan_present) {
		pkt->vlan[0] = ctx->vlan_tci;
		pkt->tags = 1;
	}
#endif
	if (!loxi_is_vlan(proto))
		return proto;
#pragma unroll
	for (int i = 0; i < LOXI_MAX_TAGS; i++) {
		struct loxi_vlan_header *tag = data + sizeof(*eth) + i * sizeof(*tag);

		if (!loxi_is_vlan(proto))
			break;
		if ((void *)(tag + 1) > end || pkt->tags >= LOXI_MAX_TAGS)
			return 0;
		if (pkt->tags == 0)
			pkt->vlan[0] = bpf_ntohs(tag->tci);
		else
			pkt->vlan[1] = bpf_ntohs(tag->tci);
		pkt->tags++;
		pkt->tags_inline++;
		pkt->l3 += sizeof(*tag);
		proto = tag->proto;
	}
	return loxi_is_vlan(proto) ? 0 : proto;
}

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

/* RFC 1858: a fragment at offset 8 could overwrite the TCP flags of the first one. */
LOXI_INLINE void loxi_note_fragment(struct loxi_packet *pkt, __u16 offset_words, bool more, __u32 id)
{
	pkt->fragment = offset_words ? LOXI_LATER_FRAGMENT : more ? LOXI_FIRST_FRAGMENT : LOXI_NOT_FRAGMENTED;
	pkt->fragment_id = id;
	if (offset_words == 1 && pkt->proto == IPPROTO_TCP)
		pkt->error = LOXI_REASON_DROP_OVERLAPPING_FRAGMENT;
}

/* Returns false when the IP header itself is broken: the kernel drops such packets by itself. */
LOXI_INLINE bool loxi_parse_ipv4(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	void *end = loxi_data_end(ctx);
	struct iphdr *ip = loxi_at(ctx, pkt->l3);
	__u32 header, length, room;

	if ((void *)(ip + 1) > end)
		return false;
	header = ip->ihl * 4;
	if (ip->version != 4 || header < sizeof(*ip))
		return false;
	pkt->family = 4;
	/* Both addresses in one load and store, see loxi_key_tail. */
	*(__u64 *)&pkt->key4.saddr = *(__u64 *)&ip->saddr;
	pkt->proto = ip->protocol;
	pkt->ttl = ip->ttl;
	pkt->l4 = pkt->l3 + header;
	length = bpf_ntohs(ip->tot_len);
	room = loxi_room(ctx, pkt->l3, length);
	pkt->length = loxi_is_gso(ctx) ? room : length;
	if (pkt->length > room || pkt->length < header)
		return false;
	if (ip->frag_off & bpf_htons(LOXI_IP_OFFSET_MASK | LOXI_IP_MORE_FRAGMENTS)) {
		__u16 field = bpf_ntohs(ip->frag_off);

		loxi_note_fragment(pkt, field & LOXI_IP_OFFSET_MASK, field & LOXI_IP_MORE_FRAGMENTS, bpf_ntohs(ip->id));
	}
	loxi_parse_l4(ctx, pkt, 4);
	return true;
}

/* Follows the extension headers to the upper-layer header; `next` is the type of the header at pkt->l4. */
LOXI_INLINE bool loxi_walk_extensions(loxi_ctx *ctx, struct loxi_packet *pkt, __u8 next)
{
	void *end = loxi_data_end(ctx);
	__u32 offset = pkt->l4;

	/* Unrolled: kernels before 6.3 refuse a loop whose head is also reached from the instruction before it ("back-edge"). */
#pragma clang loop unroll(full)
	for (int i = 0; i <= LOXI_MAX_EXTENSION_HEADERS; i++) {
		struct ipv6_opt_hdr *ext = loxi_at(ctx, offset);

		pkt->l4 = offset;
		pkt->proto = next;
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_DSTOPTS && next != IPPROTO_FRAGMENT && next != IPPROTO_ROUTING)
			return true;
		if (i == LOXI_MAX_EXTENSION_HEADERS) {
			pkt->error = LOXI_REASON_DROP_HEADER_CHAIN;
			return true;
		}
		if ((void *)ext + 8 > end) {
			pkt->error = LOXI_REASON_DROP_MALFORMED;
			return true;
		}
		if (next == IPPROTO_ROUTING) {
			pkt->error = LOXI_REASON_DROP_ROUTING_HEADER;
			return true;
		}
		if (next == IPPROTO_FRAGMENT) {
			struct loxi_fragment_header *fragment = (void *)ext;
			__u16 field = bpf_ntohs(fragment->offset);

			next = fragment->next;
			pkt->proto = next;
			loxi_note_fragment(pkt, field >> 3, field & 1, bpf_ntohl(fragment->id));
			offset += 8;
			if (field >> 3) {
				pkt->l4 = offset;
				return true;
			}
			continue;
		}
		next = ext->nexthdr;
		offset += (ext->hdrlen + 1) * 8;
		/* What loxi_at could not reach: another header than the one that the endpoint sees would be read. */
		if (offset + sizeof(struct tcphdr) > LOXI_HEADERS_MASK) {
			pkt->error = LOXI_REASON_DROP_HEADER_CHAIN;
			return true;
		}
	}
	return true;
}

LOXI_INLINE bool loxi_parse_ipv6(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	void *end = loxi_data_end(ctx);
	struct ipv6hdr *ip = loxi_at(ctx, pkt->l3);
	__u32 length, room;

	if ((void *)(ip + 1) > end || ip->version != 6)
		return false;
	pkt->family = 6;
	loxi_copy_addresses6(&pkt->key6, &ip->saddr);
	pkt->proto = ip->nexthdr;
	pkt->ttl = ip->hop_limit;
	pkt->l4 = pkt->l3 + sizeof(*ip);
	length = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	room = loxi_room(ctx, pkt->l3, length);
	pkt->length = loxi_is_gso(ctx) ? room : length;
	if (pkt->length > room)
		return false;
	if (pkt->proto != IPPROTO_TCP && pkt->proto != IPPROTO_UDP)
		loxi_walk_extensions(ctx, pkt, pkt->proto);
	if (!pkt->error)
		loxi_parse_l4(ctx, pkt, 6);
	return true;
}

#endif
