/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The usual packet in one straight line: untagged, without IP options or extension headers, not a fragment, TCP between
 * handshake and end or UDP, of a flow whose next hop is current and fits. The headers are where they always are, so one bounds
 * check is enough and nothing is kept in memory. Any other packet is untouched and takes the long way, which would do the same.
 */
#ifndef LOXI_FAST_H
#define LOXI_FAST_H

#include "loxi_forward.h"
#include "loxi_group.h"

/* No verdict of either hook. */
#define LOXI_UNUSUAL -2

LOXI_INLINE bool loxi_is_usual_ip(const void *ip, const int family)
{
	const struct ipv6hdr *v6 = ip;
	const struct iphdr *v4 = ip;

	if (family == 4)
		return *(const __u8 *)ip == 0x45 && !(v4->frag_off & bpf_htons(LOXI_IP_OFFSET_MASK | LOXI_IP_MORE_FRAGMENTS)) && v4->ttl > 1;
	return v6->version == 6 && v6->hop_limit > 1;
}

/* Nothing that moves the state of the connection; a checksum, which makes up for what is changed. */
LOXI_INLINE bool loxi_is_usual_l4(const void *l4, __u8 proto, __u32 length)
{
	const struct tcphdr *tcp = l4;
	const struct udphdr *udp = l4;

	if (proto == IPPROTO_TCP)
		return !(((const __u8 *)l4)[13] & (LOXI_TCP_SYN | LOXI_TCP_FIN | LOXI_TCP_RST)) && tcp->doff >= 5 && tcp->doff * 4u <= length;
	return proto == IPPROTO_UDP && length >= sizeof(*udp) && bpf_ntohs(udp->len) >= sizeof(*udp) && udp->check;
}

/* Nobody else serves the group, and its gate is open. */
LOXI_INLINE bool loxi_is_usual_group(const struct loxi_flow *flow)
{
	struct loxi_group *group = loxi_group(flow->vip_group);

	return group && !(group->flags & LOXI_GROUP_REDIRECT) && loxi_gate_is_open(group, false);
}

LOXI_INLINE bool loxi_is_usual_flow(const struct loxi_flow *flow, const struct loxi_control *ctl, __u8 proto)
{
	if (flow->generation != ctl->generation || (flow->flags & LOXI_FLOW_VLAN))
		return false;
	if ((ctl->flags & (LOXI_CONTROL_GATES | LOXI_CONTROL_REDIRECT)) && !loxi_is_usual_group(flow))
		return false;
	if (proto == IPPROTO_TCP)
		return flow->state == LOXI_STATE_ESTABLISHED && (!(flow->flags & LOXI_FLOW_LOOSE) || !loxi_is_answered(flow));
	return flow->state != LOXI_STATE_ONE_WAY || !loxi_is_answered(flow);
}

/* `headers`: of IP. Whether a frame of `length` bytes from there on is whole, and what leaves of it fits every link. */
LOXI_INLINE bool loxi_is_usual_length(loxi_ctx *ctx, const struct loxi_control *ctl, __u32 length, __u32 headers, const void *l4, __u8 proto)
{
	__u32 upper = proto == IPPROTO_TCP ? ((const struct tcphdr *)l4)->doff * 4u : sizeof(struct udphdr);

	return length >= headers && length <= loxi_room(ctx, ETH_HLEN, length) && loxi_packet_size(ctx, length, headers + upper) <= ctl->min_mtu;
}

/*
 * The usual packet of a connection whose headers do not stay: into a tunnel, or to the other family. It is
 * told what the long way would have found out.
 */
LOXI_INLINE int loxi_fast_other(loxi_ctx *ctx, struct loxi_flow *flow, const struct loxi_control *ctl, __u32 length, const int family)
{
	const __u32 headers = family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	void *ip = loxi_data(ctx) + ETH_HLEN, *l4 = ip + headers;
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_packet *pkt;
	struct tcphdr *tcp = l4;

	if (!s || l4 + sizeof(*tcp) > loxi_data_end(ctx))
		return LOXI_UNUSUAL;
	pkt = &s->packet;
	__builtin_memset(&pkt->length, 0, sizeof(*pkt) - offsetof(struct loxi_packet, length));
	pkt->length = length;
	pkt->l3 = ETH_HLEN;
	pkt->l4 = ETH_HLEN + headers;
	pkt->family = family;
	pkt->proto = family == 4 ? ((struct iphdr *)ip)->protocol : ((struct ipv6hdr *)ip)->nexthdr;
	pkt->ttl = family == 4 ? ((struct iphdr *)ip)->ttl : ((struct ipv6hdr *)ip)->hop_limit;
	pkt->headers = headers + (pkt->proto == IPPROTO_TCP ? tcp->doff * 4 : sizeof(struct udphdr));
	pkt->plain = 1;
	if (loxi_size_on_way(ctx, pkt, flow, loxi_growth(flow, family)) > ctl->min_mtu)
		return LOXI_UNUSUAL;
	loxi_hop_cached(&s->hop);
	/* Not where XDP may send: the long way knows what to do. */
	if (loxi_way_out(ctx, flow, &s->hop) == LOXI_VERDICT_PASS)
		return LOXI_UNUSUAL;
	if (pkt->proto == IPPROTO_TCP)
		loxi_note_sequence(flow, bpf_ntohl(tcp->seq) + length - pkt->headers);
	flow->last_seen = loxi_tick();
	loxi_count_packet(flow, length, loxi_segments(ctx));
	if (flow->flags & LOXI_FLOW_DIRECT)
		return loxi_send_direct(ctx, pkt, flow, &s->hop);
	return loxi_forward_across(ctx, pkt, flow, &s->hop, family);
}

LOXI_GLOBAL int loxi_fast_other4(loxi_ctx *ctx, struct loxi_flow *flow, const struct loxi_control *ctl, __u32 length)
{
	return flow && ctl ? loxi_fast_other(ctx, flow, ctl, length, 4) : LOXI_UNUSUAL;
}

LOXI_GLOBAL int loxi_fast_other6(loxi_ctx *ctx, struct loxi_flow *flow, const struct loxi_control *ctl, __u32 length)
{
	return flow && ctl ? loxi_fast_other(ctx, flow, ctl, length, 6) : LOXI_UNUSUAL;
}

LOXI_INLINE int loxi_fast(loxi_ctx *ctx, const int family)
{
	const __u32 headers = family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	void *eth = loxi_data(ctx), *ip = eth + ETH_HLEN, *l4 = ip + headers;
	struct loxi_next_hop hop = { .kind = LOXI_HOP_CACHED };
	struct loxi_csum_delta delta = {};
	struct loxi_control *ctl;
	union loxi_flow_key key;
	struct loxi_flow *flow;
	__u32 length, zero = 0;
	__u8 proto, hops;
	bool on_link;
	int verdict;

	if (l4 + sizeof(struct tcphdr) > loxi_data_end(ctx) || !loxi_is_usual_ip(ip, family))
		return LOXI_UNUSUAL;
	proto = family == 4 ? ((struct iphdr *)ip)->protocol : ((struct ipv6hdr *)ip)->nexthdr;
	length = family == 4 ? bpf_ntohs(((struct iphdr *)ip)->tot_len) : bpf_ntohs(((struct ipv6hdr *)ip)->payload_len) + headers;
	if (loxi_is_gso(ctx))
		length = loxi_frame_length(ctx) - ETH_HLEN;
	ctl = bpf_map_lookup_elem(&control, &zero);
	if (!ctl || !loxi_is_usual_length(ctx, ctl, length, headers, l4, proto) || !loxi_is_usual_l4(l4, proto, length - headers))
		return LOXI_UNUSUAL;
	if (family == 4) {
		*(__u64 *)&key.key4.saddr = *(__u64 *)&((struct iphdr *)ip)->saddr;
		*(__u64 *)&key.key4.sport = loxi_key_tail(*(__u32 *)l4, proto);
	} else {
		loxi_copy_addresses6(&key.key6, &((struct ipv6hdr *)ip)->saddr);
		*(__u64 *)&key.key6.sport = loxi_key_tail(*(__u32 *)l4, proto);
	}
	flow = loxi_flow_lookup(&key, family);
	if (!flow || !loxi_is_usual_flow(flow, ctl, proto))
		return LOXI_UNUSUAL;
	/* Direct server return without a tunnel: only the link changes. */
	on_link = (flow->flags & (LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT | LOXI_FLOW_TUNNEL)) == LOXI_FLOW_DIRECT;
	if (!on_link && (flow->flags & (LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT)))
		return family == 4 ? loxi_fast_other4(ctx, flow, ctl, length) : loxi_fast_other6(ctx, flow, ctl, length);
	verdict = loxi_way_out(ctx, flow, &hop);
	hops = loxi_hops(&hop);
	if (on_link && !hops)
		return LOXI_UNUSUAL;
	if (proto == IPPROTO_TCP)
		loxi_note_sequence(flow, bpf_ntohl(((struct tcphdr *)l4)->seq) + length - headers - ((struct tcphdr *)l4)->doff * 4u);
	flow->last_seen = loxi_tick();
	loxi_count_packet(flow, length, loxi_segments(ctx));
	if (hops)
		loxi_put_macs(eth, flow);
	if (on_link) {
		loxi_put_hop(ctx, ip, family);
		return verdict;
	}
	if (family == 4)
		loxi_put_ipv4(ip, flow, &delta, hops);
	else
		loxi_put_ipv6(ctx, ip, flow, &delta, hops);
	loxi_put_ports(l4, flow, &delta);
#ifdef LOXI_XDP
	loxi_put_l4_csum(proto == IPPROTO_TCP ? &((struct tcphdr *)l4)->check : &((struct udphdr *)l4)->check, proto, &delta);
#else
	if (loxi_replace_l4_csum(ctx, ETH_HLEN + headers + loxi_csum_offset(proto), proto, &delta, family))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, length);
#endif
	return hops ? verdict : loxi_leave_to_kernel(ctx, length);
}

/* A function of its own so that its stack is free again before the long way is taken. */
LOXI_GLOBAL int loxi_try_fast(loxi_ctx *ctx)
{
	struct ethhdr *eth = loxi_data(ctx);

#ifndef LOXI_XDP
	if (ctx->vlan_present)
		return LOXI_UNUSUAL;
#endif
	if ((void *)(eth + 1) > loxi_data_end(ctx))
		return LOXI_UNUSUAL;
	if (eth->h_proto == bpf_htons(ETH_P_IP))
		return loxi_fast(ctx, 4);
	return eth->h_proto == bpf_htons(ETH_P_IPV6) ? loxi_fast(ctx, 6) : LOXI_UNUSUAL;
}

#endif
