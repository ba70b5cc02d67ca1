/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A packet whose connection is known: check, count, translate, send. */
#ifndef LOXI_FORWARD_H
#define LOXI_FORWARD_H

#include "loxi_track.h"
#include "loxi_vlan.h"

LOXI_INLINE void loxi_count_packet(loxi_ctx *ctx, const struct loxi_packet *pkt, struct loxi_flow *flow)
{
	__u32 endpoint = flow->endpoint, segments = loxi_segments(ctx);
	struct loxi_endpoint_stats *stats = bpf_map_lookup_elem(&endpoint_stats, &endpoint);

	flow->packets += segments;
	flow->bytes += pkt->length;
	if (!stats)
		return;
	if (flow->flags & LOXI_FLOW_REVERSE) {
		stats->packets_out += segments;
		stats->bytes_out += pkt->length;
	} else {
		stats->packets_in += segments;
		stats->bytes_in += pkt->length;
	}
}

/* Fully translated, then left to the kernel's own forwarding. */
LOXI_INLINE int loxi_leave_to_kernel(const struct loxi_packet *pkt)
{
	loxi_count_reason(LOXI_REASON_PASS_REWRITTEN, pkt->length);
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
	return loxi_leave_to_kernel(pkt);
#else
	struct bpf_redir_neigh neigh = { .nh_family = hop->family };

	__builtin_memcpy(neigh.ipv6_nh, hop->gateway, 16);
	return bpf_redirect_neigh(hop->ifindex, &neigh, sizeof(neigh), 0);
#endif
}

LOXI_INLINE int loxi_send(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow)
{
	__u32 ifindex = flow->ifindex;
#ifdef LOXI_XDP
	long verdict = bpf_redirect_map(&tx_ports, ifindex, XDP_PASS);

	/* Not one that XDP may send to. The kernel takes only what is addressed to the node: the addresses of the link stay. */
	if (verdict != XDP_REDIRECT)
		return loxi_leave_to_kernel(pkt);
#else
	long verdict = bpf_redirect(ifindex, 0);
#endif
	if (loxi_fix_tags(ctx, pkt, flow) || loxi_write_macs(ctx, flow))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return verdict;
}

/* The MTU of the way out, asked only for packets that are larger than the smallest link. */
LOXI_INLINE bool loxi_fits(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_control *ctl, __u32 *mtu)
{
	if (pkt->length <= ctl->min_mtu || loxi_is_gso(ctx))
		return true;
	*mtu = pkt->length;
	return bpf_check_mtu(ctx, flow->ifindex, mtu, 0, 0) == 0;
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
	loxi_count_packet(ctx, pkt, flow);
	if (loxi_translate(ctx, pkt, flow, family))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	if (hop.kind == LOXI_HOP_CACHED)
		return loxi_send(ctx, pkt, flow);
	if (hop.kind == LOXI_HOP_NEIGHBOUR)
		return loxi_send_unresolved(pkt, flow, &hop);
	return loxi_leave_to_kernel(pkt);
}

#endif
