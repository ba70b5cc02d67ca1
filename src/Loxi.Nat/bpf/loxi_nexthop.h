/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where a packet leaves: the kernel's own routes and neighbours, cached in the entry until control.generation moves. */
#ifndef LOXI_NEXTHOP_H
#define LOXI_NEXTHOP_H

#include "loxi_flow.h"

/* The family that packets of the flow leave in: that of the tunnel, where there is one. */
LOXI_INLINE int loxi_out_family(const struct loxi_flow *flow, int family)
{
	return flow->flags & LOXI_FLOW_CROSS ? LOXI_OTHER_FAMILY(family) : family;
}

LOXI_INLINE bool loxi_is_local(const struct loxi_flow *flow, int out)
{
	struct loxi_address_key key;
	struct loxi_address *address;

	if (out == 4)
		loxi_map_address(key.addr, flow->xdaddr4);
	else
		__builtin_memcpy(key.addr, flow->xdaddr6, 16);
	address = bpf_map_lookup_elem(&addresses, &key);
	return address && (address->flags & LOXI_ADDRESS_LOCAL);
}

LOXI_INLINE __u32 loxi_hop_kind(long result, const struct loxi_flow *flow, struct loxi_next_hop *hop, int out)
{
	switch (result) {
	case BPF_FIB_LKUP_RET_SUCCESS:
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return LOXI_HOP_CACHED;
	case BPF_FIB_LKUP_RET_NO_NEIGH:
		return LOXI_HOP_NEIGHBOUR;
	case BPF_FIB_LKUP_RET_BLACKHOLE:
		return LOXI_HOP_BLACKHOLE;
	case BPF_FIB_LKUP_RET_UNREACHABLE:
	case BPF_FIB_LKUP_RET_PROHIBIT:
		return LOXI_HOP_NO_ROUTE;
	case BPF_FIB_LKUP_RET_NOT_FWDED:
		/* The same code stands for "no route" and for "it is ours". */
		hop->local = loxi_is_local(flow, out);
		return hop->local ? LOXI_HOP_KERNEL : LOXI_HOP_NO_ROUTE;
	default:
		return LOXI_HOP_KERNEL;
	}
}

/* A device that tags by itself must not get a tag from us as well. */
LOXI_INLINE void loxi_note_device(struct loxi_flow *flow, __u32 ifindex)
{
	struct loxi_link *link;

	if (!(flow->flags & LOXI_FLOW_REVERSE) || !(flow->extra >> 16))
		return;
	link = bpf_map_lookup_elem(&links, &ifindex);
	if (link && (link->flags & LOXI_LINK_VLAN_DEVICE))
		loxi_flags_off(flow, LOXI_FLOW_VLAN);
	else
		loxi_flags_on(flow, LOXI_FLOW_VLAN);
}

/* Whether the kernel named another address than the destination: a gateway is on the way. */
LOXI_INLINE bool loxi_has_gateway(const struct bpf_fib_lookup *fib, const struct loxi_flow *flow, int out)
{
	const __u32 *a = fib->ipv6_dst, *b = (const __u32 *)flow->xdaddr6;

	if (out == 4)
		return fib->family != AF_INET || fib->ipv4_dst != flow->xdaddr4;
	return a[0] != b[0] || a[1] != b[1] || a[2] != b[2] || a[3] != b[3];
}

/* Direct server return without a tunnel reaches endpoints on the link only: behind a gateway the packet would be routed to the VIP again. */
LOXI_INLINE void loxi_decide_tunnel(struct loxi_flow *flow, const struct bpf_fib_lookup *fib, struct loxi_next_hop *hop, int out)
{
	bool gateway;

	if (hop->kind != LOXI_HOP_CACHED && hop->kind != LOXI_HOP_NEIGHBOUR)
		return;
	gateway = loxi_has_gateway(fib, flow, out);
	if (flow->flags & LOXI_FLOW_AUTO) {
		if (gateway)
			loxi_flags_on(flow, LOXI_FLOW_TUNNEL);
		else
			loxi_flags_off(flow, LOXI_FLOW_TUNNEL);
	} else if (gateway && !(flow->flags & LOXI_FLOW_TUNNEL)) {
		hop->kind = LOXI_HOP_NO_ROUTE;
	}
}

/* Asks the kernel where `flow` leaves and caches the answer when it is complete. */
LOXI_GLOBAL int loxi_resolve(loxi_ctx *ctx, struct loxi_flow *flow, const struct loxi_packet *pkt, struct loxi_next_hop *hop, __u32 generation)
{
	struct loxi_scratch *s = loxi_scratch();
	struct bpf_fib_lookup *fib;
	int out;

	if (!s || !flow || !pkt || !hop)
		return 0;
	out = loxi_out_family(flow, pkt->family);
	fib = &s->fib;
	__builtin_memset(fib, 0, sizeof(*fib));
	fib->l4_protocol = pkt->proto;
	fib->sport = flow->xsport;
	fib->dport = flow->xdport;
	fib->ifindex = loxi_interface(ctx);
	if (out == 4) {
		fib->family = AF_INET;
		fib->ipv4_src = flow->xsaddr4;
		fib->ipv4_dst = flow->xdaddr4;
	} else {
		fib->family = AF_INET6;
		__builtin_memcpy(fib->ipv6_src, flow->xsaddr6, 16);
		__builtin_memcpy(fib->ipv6_dst, flow->xdaddr6, 16);
	}
	hop->local = 0;
	hop->kind = loxi_hop_kind(bpf_fib_lookup(ctx, fib, sizeof(*fib), 0), flow, hop, out);
	hop->ifindex = fib->ifindex;
	if (flow->flags & LOXI_FLOW_DIRECT)
		loxi_decide_tunnel(flow, fib, hop, out);
	if (hop->kind == LOXI_HOP_CACHED) {
		flow->ifindex = fib->ifindex;
		__builtin_memcpy(flow->dmac, fib->dmac, 6);
		__builtin_memcpy(flow->smac, fib->smac, 6);
		loxi_note_device(flow, fib->ifindex);
		flow->generation = generation;
	} else if (hop->kind == LOXI_HOP_NEIGHBOUR) {
		loxi_note_device(flow, fib->ifindex);
		hop->family = fib->family;
		__builtin_memcpy(hop->gateway, fib->ipv6_dst, 16);
	}
	return 0;
}

/* 1 s: also where nobody says that the network has changed, because the process that follows it is gone, new connections find out. */
#define LOXI_WAY_TICKS 60

LOXI_INLINE struct loxi_way *loxi_way(const struct loxi_flow *flow)
{
	__u32 place = flow->endpoint & (LOXI_WAYS - 1);

	return bpf_map_lookup_elem(&ways, &place);
}

/* As connections to the same endpoint have gone since the network changed last. */
LOXI_INLINE bool loxi_take_way(const loxi_ctx *ctx, struct loxi_flow *flow, __u32 generation)
{
	struct loxi_way *way = loxi_way(flow);

	if (!way || way->generation != generation || way->endpoint != flow->endpoint || way->from != loxi_interface(ctx) || flow->last_seen - way->tick > LOXI_WAY_TICKS)
		return false;
	flow->ifindex = way->ifindex;
	__builtin_memcpy(flow->dmac, way->dmac, 6);
	__builtin_memcpy(flow->smac, way->smac, 6);
	flow->generation = generation;
	return true;
}

LOXI_INLINE void loxi_keep_way(const loxi_ctx *ctx, const struct loxi_flow *flow)
{
	struct loxi_way *way = loxi_way(flow);

	if (!way)
		return;
	way->tick = flow->last_seen;
	way->generation = flow->generation;
	way->endpoint = flow->endpoint;
	way->from = loxi_interface(ctx);
	way->ifindex = flow->ifindex;
	__builtin_memcpy(way->dmac, flow->dmac, 6);
	__builtin_memcpy(way->smac, flow->smac, 6);
}

/*
 * Towards the endpoint, for a connection that begins: the kernel is asked once for all that go there, where nothing but the destination
 * counts. Direct server return asks for itself: it also depends on the way whether there is a tunnel.
 */
LOXI_INLINE void loxi_resolve_first(loxi_ctx *ctx, struct loxi_flow *flow, const struct loxi_packet *pkt, struct loxi_next_hop *hop, const struct loxi_control *ctl)
{
	bool shared = (ctl->flags & LOXI_CONTROL_ROUTES_BY_DESTINATION) && !(flow->flags & LOXI_FLOW_DIRECT);
	__u32 generation = ctl->generation;

	if (shared && loxi_take_way(ctx, flow, generation))
		return;
	loxi_resolve(ctx, flow, pkt, hop, generation);
	if (shared && hop->kind == LOXI_HOP_CACHED)
		loxi_keep_way(ctx, flow);
}

#endif
