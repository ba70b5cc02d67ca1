/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A packet whose connection is known: check, count, translate, send. */
#ifndef LOXI_FORWARD_H
#define LOXI_FORWARD_H

#include "loxi_cross.h"
#include "loxi_mss.h"
#include "loxi_remove.h"
#include "loxi_sctp.h"
#include "loxi_send.h"

/* `length`: from the IP header on. */
LOXI_INLINE void loxi_count_packet(struct loxi_flow *flow, __u32 length, __u32 segments)
{
	__u32 endpoint = flow->endpoint;
	struct loxi_endpoint_stats *stats = bpf_map_lookup_elem(&endpoint_stats, &endpoint);

	flow->packets += segments;
	flow->bytes += length;
	if (!stats)
		return;
	if (flow->flags & LOXI_FLOW_REVERSE) {
		stats->packets_out += segments;
		stats->bytes_out += length;
	} else {
		stats->packets_in += segments;
		stats->bytes_in += length;
	}
}

/* What a packet grows by on its way: nothing, the outer header of a tunnel, or the larger header of the other family. */
LOXI_INLINE int loxi_growth(const struct loxi_flow *flow, const int family)
{
	if (flow->flags & LOXI_FLOW_TUNNEL)
		return loxi_tunnel_overhead(flow, family);
	if ((flow->flags & (LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT)) == LOXI_FLOW_CROSS)
		return family == 4 ? (int)LOXI_CROSS_GROWTH : -(int)LOXI_CROSS_GROWTH;
	return 0;
}

/* In a tunnel segments of TCP that are cut later are cut smaller; translated ones are not (bpf_skb_change_proto, since Linux 5.13). */
LOXI_INLINE __u32 loxi_size_on_way(const loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, int growth)
{
	__u32 size = loxi_packet_size(ctx, pkt->length, pkt->headers);

	return loxi_is_gso(ctx) && pkt->proto == IPPROTO_TCP && (flow->flags & LOXI_FLOW_TUNNEL) ? size : size + growth;
}

/* The MTU of the way out, asked only for packets that are larger than the smallest link. `mtu`: what fits, before it grows. */
LOXI_INLINE bool loxi_fits(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_control *ctl, __u32 *mtu, int growth)
{
	__u32 size = loxi_size_on_way(ctx, pkt, flow, growth), most = size;
	bool fits;

	if (size <= ctl->min_mtu)
		return true;
	/* Of GSO frames it only tells the MTU. */
	fits = bpf_check_mtu(ctx, flow->ifindex, &most, 0, 0) == 0 && (!loxi_is_gso(ctx) || size <= most);
	*mtu = most - growth;
	return fits;
}

LOXI_INLINE bool loxi_may_fragment(loxi_ctx *ctx, const struct loxi_packet *pkt, const int family)
{
	struct iphdr *ip = loxi_at(ctx, pkt->l3);

	/* IPv6 packets, those of tunnels too, are never fragmented on the way (RFC 8200 5); what becomes one is cut before (RFC 7915 4, RFC 2473 7.2). */
	return family == 4 && (void *)(ip + 1) <= loxi_data_end(ctx) && !(ip->frag_off & bpf_htons(0x4000));
}

/* The endpoint's connections end with it; whoever still sends is told. */
LOXI_INLINE int loxi_check_endpoint(loxi_ctx *ctx, const struct loxi_packet *pkt, const void *key, struct loxi_flow *flow, const int family)
{
	__u32 index = flow->endpoint, service;
	struct loxi_endpoint *endpoint = bpf_map_lookup_elem(&endpoints, &index);

	if (endpoint && (endpoint->flags & LOXI_ENDPOINT_ACTIVE))
		return 0;
	service = endpoint ? endpoint->service : 0;
	loxi_flow_remove(key, flow, pkt->proto, family);
	loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_ENDPOINT_DEAD, service, 0);
	return -1;
}

/* Between the families: by the node itself where it is more than a header. */
LOXI_INLINE int loxi_forward_across(loxi_ctx *ctx, struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_next_hop *hop, const int family)
{
	int verdict;

	if (loxi_is_hard_to_cross(ctx, pkt))
		return loxi_hold(ctx, pkt, LOXI_REASON_TRANSLATED_BY_NODE, 0, 0);
	if (loxi_strip_tags(ctx, pkt))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	verdict = loxi_way_out(ctx, flow, hop);
	if (family == 4 ? loxi_cross4(ctx, pkt, flow, loxi_hops(hop)) : loxi_cross6(ctx, pkt, flow, loxi_hops(hop)))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return loxi_send(ctx, pkt, flow, hop, verdict);
}

/* The way out is known: check that the packet fits, count it, change it, send it. */
LOXI_INLINE int loxi_deliver(loxi_ctx *ctx, struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_next_hop *hop, const struct loxi_control *ctl, const int family)
{
	__u32 mtu = 0;
	int verdict;

	if (hop->kind == LOXI_HOP_CACHED && !loxi_fits(ctx, pkt, flow, ctl, &mtu, loxi_growth(flow, family))) {
		/* Direct server return on the link: the kernel would take the packet for its own, and the sender learns from the answer. */
		if (!loxi_may_fragment(ctx, pkt, family) || (flow->flags & (LOXI_FLOW_DIRECT | LOXI_FLOW_TUNNEL)) == LOXI_FLOW_DIRECT)
			return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_TOO_BIG, 0, mtu);
		if (flow->flags & LOXI_FLOW_CROSS) {
			loxi_count_packet(flow, pkt->length, 1);
			return loxi_hold(ctx, pkt, LOXI_REASON_TRANSLATED_BY_NODE, 0, 0);
		}
		hop->kind = LOXI_HOP_KERNEL;
	}
	loxi_count_packet(flow, pkt->length, loxi_segments(ctx));
	if ((pkt->tcp_flags & LOXI_TCP_SYN) && loxi_is_clamped(flow) && loxi_clamp_mss(ctx, pkt, flow, hop->kind == LOXI_HOP_CACHED ? flow->ifindex : hop->ifindex))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	if (flow->flags & LOXI_FLOW_DIRECT)
		return loxi_send_direct(ctx, pkt, flow, hop);
	if (flow->flags & LOXI_FLOW_CROSS)
		return loxi_forward_across(ctx, pkt, flow, hop, family);
	verdict = loxi_way_out(ctx, flow, hop);
	if (loxi_translate(ctx, pkt, flow, loxi_hops(hop), family))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return loxi_send(ctx, pkt, flow, hop, verdict);
}

LOXI_GLOBAL int loxi_deliver4(loxi_ctx *ctx, struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_next_hop *hop, const struct loxi_control *ctl)
{
	return pkt && flow && hop && ctl ? loxi_deliver(ctx, pkt, flow, hop, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_deliver6(loxi_ctx *ctx, struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_next_hop *hop, const struct loxi_control *ctl)
{
	return pkt && flow && hop && ctl ? loxi_deliver(ctx, pkt, flow, hop, ctl, 6) : LOXI_VERDICT_DROP;
}

/*
 * Moves a packet along its flow. `key` is the flow's key in this direction, so that a dead connection can be removed.
 * A stale generation means that something in the node's tables changed: endpoint and next hop are looked at once more.
 */
LOXI_INLINE int loxi_forward(loxi_ctx *ctx, struct loxi_packet *pkt, const void *key, struct loxi_flow *flow, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_next_hop *hop;
	__u32 generation = ctl->generation;

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	if (pkt->ttl <= 1)
		return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_TTL, 0, 0);
	hop = &s->hop;
	loxi_hop_cached(hop);
	if (flow->generation != generation) {
		if (loxi_check_endpoint(ctx, pkt, key, flow, family))
			return LOXI_VERDICT_DROP;
		loxi_resolve(ctx, flow, pkt, hop, generation);
		if (hop->kind == LOXI_HOP_NO_ROUTE)
			return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_NO_ROUTE, 0, 0);
		if (hop->kind == LOXI_HOP_BLACKHOLE)
			return loxi_drop(LOXI_REASON_DROP_BLACKHOLE, pkt->length);
	}
	return family == 4 ? loxi_deliver4(ctx, pkt, flow, hop, ctl) : loxi_deliver6(ctx, pkt, flow, hop, ctl);
}

#endif
