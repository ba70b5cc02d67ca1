/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a frame to a flow key: Ethernet, up to two VLAN tags, IPv4 with options or IPv6 with extension headers, TCP, UDP, ICMP. */
#ifndef LOXI_PARSE_H
#define LOXI_PARSE_H

#include "loxi_parse_l4.h"

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
	pkt->plain = header == sizeof(*ip);
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
	pkt->plain = pkt->l4 == pkt->l3 + sizeof(*ip);
	if (!pkt->error)
		loxi_parse_l4(ctx, pkt, 6);
	return true;
}

#endif
