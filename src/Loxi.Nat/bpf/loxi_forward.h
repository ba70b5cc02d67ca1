/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A packet whose connection is known: check, count, translate, send. */
#ifndef LOXI_FORWARD_H
#define LOXI_FORWARD_H

#include "loxi_track.h"
#include "loxi_vlan.h"

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

/* Fully translated, then left to the kernel's own forwarding. */
LOXI_INLINE int loxi_leave_to_kernel(__u32 length)
{
	loxi_count_reason(LOXI_REASON_PASS_REWRITTEN, length);
#ifdef LOXI_XDP
	return XDP_PASS;
#else
	return TC_ACT_OK;
#endif
}

/* The route is known, the neighbour is not: the kernel asks for it and sends the packet when it knows. */
LOXI_GLOBAL int loxi_send_unresolved(const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_next_hop *hop)
{
	if (!pkt || !flow || !hop)
		return LOXI_VERDICT_DROP;
	loxi_count_reason(LOXI_REASON_NEIGHBOUR_MISSING, pkt->length);
	loxi_emit(pkt, LOXI_EVENT_NEIGHBOUR_MISSING, flow->state, flow->endpoint, hop->ifindex);
#ifdef LOXI_XDP
	return loxi_leave_to_kernel(pkt->length);
#else
	struct bpf_redir_neigh neigh = { .nh_family = hop->family };

	__builtin_memcpy(neigh.ipv6_nh, hop->gateway, 16);
	return bpf_redirect_neigh(hop->ifindex, &neigh, sizeof(neigh), 0);
#endif
}

/* Says where the packet goes, before it is written: LOXI_VERDICT_PASS when XDP may not send to that interface. */
LOXI_INLINE int loxi_transmit(loxi_ctx *ctx, __u32 ifindex)
{
#ifdef LOXI_XDP
	/* One-armed nodes: back out of where it came from, without the detour through the redirect table. */
	if (ifindex == ctx->ingress_ifindex)
		return XDP_TX;
	return bpf_redirect_map(&tx_ports, ifindex, XDP_PASS);
#else
	return bpf_redirect(ifindex, 0);
#endif
}

/* How a packet leaves: a verdict where Loxi sends it, LOXI_VERDICT_PASS where the kernel does. Asked before anything is written. */
LOXI_INLINE int loxi_way_out(loxi_ctx *ctx, const struct loxi_flow *flow, struct loxi_next_hop *hop)
{
	int verdict;

	if (hop->kind != LOXI_HOP_CACHED)
		return LOXI_VERDICT_PASS;
	verdict = loxi_transmit(ctx, flow->ifindex);
	if (verdict == LOXI_VERDICT_PASS)
		hop->kind = LOXI_HOP_KERNEL;
	return verdict;
}

/* What to take off the TTL: the kernel takes one off whatever it forwards itself. */
LOXI_INLINE __u8 loxi_hops(const struct loxi_next_hop *hop)
{
#ifdef LOXI_XDP
	return hop->kind == LOXI_HOP_CACHED;
#else
	return hop->kind == LOXI_HOP_CACHED || hop->kind == LOXI_HOP_NEIGHBOUR;
#endif
}

/* `verdict`: of loxi_way_out. The kernel takes only what is still addressed to this node, so its frames keep their addresses and tags. */
LOXI_INLINE int loxi_send(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_next_hop *hop, int verdict)
{
#ifndef LOXI_XDP
	if (hop->kind == LOXI_HOP_NEIGHBOUR && loxi_fix_tags(ctx, pkt, flow))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
#endif
	if (hop->kind == LOXI_HOP_NEIGHBOUR)
		return loxi_send_unresolved(pkt, flow, hop);
	if (hop->kind != LOXI_HOP_CACHED)
		return loxi_leave_to_kernel(pkt->length);
	if (loxi_fix_tags(ctx, pkt, flow) || loxi_write_macs(ctx, flow))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return verdict;
}

/* The MTU of the way out, asked only for packets that are larger than the smallest link. */
LOXI_INLINE bool loxi_fits(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_control *ctl, __u32 *mtu)
{
	__u32 size = loxi_packet_size(ctx, pkt->length, pkt->headers);

	if (size <= ctl->min_mtu)
		return true;
	*mtu = size;
	/* Of GSO frames it only tells the MTU. */
	return bpf_check_mtu(ctx, flow->ifindex, mtu, 0, 0) == 0 && (!loxi_is_gso(ctx) || size <= *mtu);
}

LOXI_INLINE bool loxi_may_fragment(loxi_ctx *ctx, const struct loxi_packet *pkt, const int family)
{
	struct iphdr *ip = loxi_at(ctx, pkt->l3);

	return family == 4 && (void *)(ip + 1) <= loxi_data_end(ctx) && !(ip->frag_off & bpf_htons(0x4000));
}

/*
 * Moves a packet along its flow. `key` is the flow's key in this direction, so that a dead connection can be removed.
 * A stale generation means that something in the node's tables changed: endpoint and next hop are looked at once more.
 */
LOXI_INLINE int loxi_forward(loxi_ctx *ctx, const struct loxi_packet *pkt, const void *key, struct loxi_flow *flow, const struct loxi_control *ctl, const int family)
{
	struct loxi_next_hop hop = { .kind = LOXI_HOP_CACHED };
	__u32 generation = ctl->generation, mtu = 0;
	int verdict;

	if (pkt->ttl <= 1)
		return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_TTL, 0, 0);
	if (flow->generation != generation) {
		__u32 index = flow->endpoint;
		struct loxi_endpoint *endpoint = bpf_map_lookup_elem(&endpoints, &index);

		if (!endpoint || !(endpoint->flags & LOXI_ENDPOINT_ACTIVE)) {
			__u32 service = endpoint ? endpoint->service : 0;

			loxi_flow_remove(key, flow, pkt->proto, family);
			return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_ENDPOINT_DEAD, service, 0);
		}
		loxi_resolve(ctx, flow, pkt, &hop, generation);
		if (hop.kind == LOXI_HOP_NO_ROUTE)
			return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_NO_ROUTE, 0, 0);
		if (hop.kind == LOXI_HOP_BLACKHOLE)
			return loxi_drop(LOXI_REASON_DROP_BLACKHOLE, pkt->length);
	}
	if (hop.kind == LOXI_HOP_CACHED && !loxi_fits(ctx, pkt, flow, ctl, &mtu)) {
		if (!loxi_may_fragment(ctx, pkt, family))
			return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_TOO_BIG, 0, mtu);
		hop.kind = LOXI_HOP_KERNEL;
	}
	loxi_count_packet(flow, pkt->length, loxi_segments(ctx));
	verdict = loxi_way_out(ctx, flow, &hop);
	if (loxi_translate(ctx, pkt, flow, loxi_hops(&hop), family))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return loxi_send(ctx, pkt, flow, &hop, verdict);
}

#endif
