/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A packet that is written leaves: by the cached next hop, by the kernel's neighbours, or through the kernel. */
#ifndef LOXI_SEND_H
#define LOXI_SEND_H

#include "loxi_nexthop.h"
#include "loxi_tunnel.h"
#include "loxi_vlan.h"

#define LOXI_LOOPBACK 1

/*
 * Fully translated, then left to the kernel's own forwarding. A frame that was on its way out is no guest of the stack any more: it
 * comes in once more, by the loopback interface.
 */
LOXI_INLINE int loxi_leave_to_kernel(loxi_ctx *ctx, __u32 length)
{
	loxi_count_reason(LOXI_REASON_PASS_REWRITTEN, length);
#ifdef LOXI_XDP
	return XDP_PASS;
#else
	if (LOXI_IS_EGRESS) {
		struct ethhdr *eth = loxi_data(ctx);

		if ((void *)(eth + 1) > loxi_data_end(ctx))
			return LOXI_VERDICT_DROP;
		__builtin_memset(eth->h_dest, 0, 6);
		__builtin_memset(eth->h_source, 0, 6);
		return bpf_redirect(LOXI_LOOPBACK, BPF_F_INGRESS);
	}
	return TC_ACT_OK;
#endif
}

/* A verdict, or LOXI_VERDICT_PASS: the kernel asks for the neighbour and sends the packet when it knows. */
LOXI_GLOBAL int loxi_ask_neighbour(const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_next_hop *hop)
{
	if (!pkt || !flow || !hop)
		return LOXI_VERDICT_DROP;
	loxi_count_reason(LOXI_REASON_NEIGHBOUR_MISSING, pkt->length);
	loxi_emit(pkt, LOXI_EVENT_NEIGHBOUR_MISSING, flow->state, flow->endpoint, hop->ifindex);
#if LOXI_NEIGHBOURS_TAKE
	struct bpf_redir_neigh neigh = { .nh_family = hop->family };

	__builtin_memcpy(neigh.ipv6_nh, hop->gateway, 16);
	return bpf_redirect_neigh(hop->ifindex, &neigh, sizeof(neigh), 0);
#else
	/* Without a tunnel the destination is the VIP still: the kernel would take the packet for its own. */
	if ((flow->flags & (LOXI_FLOW_DIRECT | LOXI_FLOW_TUNNEL)) == LOXI_FLOW_DIRECT)
		return loxi_drop(LOXI_REASON_DROP_NEIGHBOUR, pkt->length);
	return LOXI_VERDICT_PASS;
#endif
}

/* The route is known, the neighbour is not. */
LOXI_INLINE int loxi_send_unresolved(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_next_hop *hop)
{
	int verdict = loxi_ask_neighbour(pkt, flow, hop);

	return !LOXI_NEIGHBOURS_TAKE && verdict == LOXI_VERDICT_PASS ? loxi_leave_to_kernel(ctx, pkt->length) : verdict;
}

/* Says where the packet goes, before it is written: LOXI_VERDICT_PASS when XDP may not send to that interface. */
LOXI_INLINE int loxi_transmit(loxi_ctx *ctx, __u32 ifindex)
{
#ifdef LOXI_XDP
	__u32 zero = 0;
	struct loxi_control *ctl = bpf_map_lookup_elem(&control, &zero);

	/* One-armed nodes: back out of where it came from, without the detour through the redirect table. */
	if (ifindex == ctx->ingress_ifindex && ctl && !(ctl->flags & LOXI_CONTROL_NO_XDP_TX))
		return XDP_TX;
	return bpf_redirect_map(&tx_ports, ifindex, XDP_PASS);
#else
	/* It is on its way out there already. */
	if (LOXI_IS_EGRESS && ifindex == ctx->ifindex)
		return TC_ACT_OK;
	ctx->cb[3] = LOXI_STAMP;
	ctx->cb[4] = ~LOXI_STAMP;
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
	return hop->kind == LOXI_HOP_CACHED || (LOXI_NEIGHBOURS_TAKE && hop->kind == LOXI_HOP_NEIGHBOUR);
}

/* `verdict`: of loxi_way_out. The kernel takes only what is still addressed to this node, so its frames keep their addresses and tags. */
LOXI_INLINE int loxi_send(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_next_hop *hop, int verdict)
{
#if LOXI_NEIGHBOURS_TAKE
	if (hop->kind == LOXI_HOP_NEIGHBOUR && loxi_fix_tags(ctx, pkt, flow))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
#endif
	if (hop->kind == LOXI_HOP_NEIGHBOUR)
		return loxi_send_unresolved(ctx, pkt, flow, hop);
	if (hop->kind != LOXI_HOP_CACHED)
		return loxi_leave_to_kernel(ctx, pkt->length);
	if (loxi_fix_tags(ctx, pkt, flow) || loxi_write_macs(ctx, flow))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return verdict;
}

/* A frame of which the size of a header changes must have no tags: they would be in the way. */
LOXI_INLINE int loxi_strip_tags(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	__u16 none[LOXI_MAX_TAGS] = {};

	if (!pkt->tags)
		return 0;
	if (loxi_retag(ctx, pkt, none, 0, pkt->family))
		return -1;
	pkt->l4 -= pkt->l3 - ETH_HLEN;
	pkt->l3 = ETH_HLEN;
	pkt->tags = 0;
	pkt->tags_inline = 0;
	pkt->vlan[0] = 0;
	pkt->vlan[1] = 0;
	return 0;
}

/* Direct server return, and packets for another node: as they are, to another MAC address or into a tunnel. */
LOXI_GLOBAL int loxi_send_direct(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_flow *flow, struct loxi_next_hop *hop)
{
	bool tunnel, kernel;
	int verdict;

	if (!pkt || !flow || !hop)
		return LOXI_VERDICT_DROP;
	tunnel = flow->flags & LOXI_FLOW_TUNNEL;
	verdict = loxi_way_out(ctx, flow, hop);
	kernel = hop->kind == LOXI_HOP_KERNEL;
	/* Not in a tunnel and only the kernel knows the way: its own, when the endpoint is this node. */
	if (!tunnel && kernel)
		return hop->local ? loxi_leave_to_kernel(ctx, pkt->length) : loxi_drop(LOXI_REASON_REFUSED_NO_ROUTE, pkt->length);
	if (loxi_strip_tags(ctx, pkt))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	if (tunnel ? (pkt->family == 4 ? loxi_tunnel4(ctx, flow, pkt) : loxi_tunnel6(ctx, flow, pkt)) : loxi_hop_on(ctx, pkt, loxi_hops(hop)))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	if (hop->kind == LOXI_HOP_NEIGHBOUR)
		return loxi_send_unresolved(ctx, pkt, flow, hop);
	if (kernel)
		return loxi_leave_to_kernel(ctx, pkt->length);
	if (loxi_write_macs(ctx, flow))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return verdict;
}

#endif
