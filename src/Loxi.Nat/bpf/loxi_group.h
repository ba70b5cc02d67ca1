/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * VIP groups: what a node may do for its VIPs at this moment (two deadlines that user space keeps moving), and packets that are handed
 * to the node that serves them now, at most once: on the shared link by its MAC address, else in a tunnel.
 */
#ifndef LOXI_GROUP_H
#define LOXI_GROUP_H

#include "loxi_forward.h"
#include "loxi_fragment.h"

/* Beside the verdicts: the group lets the packet in. */
#define LOXI_ENTERED 257
#define LOXI_UNKNOWN_FLOW 2 /* neither open nor begun by the packet */
#define LOXI_NEW_FLOW 1
#define LOXI_OPEN_FLOW 0

LOXI_INLINE struct loxi_group *loxi_group(__u32 number)
{
	return bpf_map_lookup_elem(&groups, &number);
}

/* The coarse clock lags behind by a tick of the kernel, 1 to 10 ms: the gate closes that much later. */
LOXI_INLINE bool loxi_gate_is_open(const struct loxi_group *group, bool new_flow)
{
	__u64 now;

	if (!(group->flags & LOXI_GROUP_GATED))
		return true;
	now = bpf_ktime_get_coarse_ns();
	if (now > group->alive_until)
		return false;
	return !new_flow || !(group->flags & LOXI_GROUP_L2) || now <= group->answer_until;
}

/* The mark of a packet that was handed over: its sender is the peer. */
LOXI_INLINE bool loxi_is_from_peer(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_group *group)
{
	struct ethhdr *eth = loxi_data(ctx);
	const __u16 *a, *b = (const __u16 *)group->peer_mac;

	if (pkt->from_peer)
		return true;
	if ((void *)(eth + 1) > loxi_data_end(ctx) || !group->peer_ifindex)
		return false;
	a = (const __u16 *)eth->h_source;
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

LOXI_INLINE int loxi_hand_over_on_link(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_group *group)
{
	struct ethhdr *eth = loxi_data(ctx);
	int verdict = loxi_transmit(ctx, group->peer_ifindex);

	if (verdict == LOXI_VERDICT_PASS || (void *)(eth + 1) > loxi_data_end(ctx))
		return loxi_drop(LOXI_REASON_DROP_NEIGHBOUR, pkt->length);
	__builtin_memcpy(eth->h_dest, group->peer_mac, 6);
	__builtin_memcpy(eth->h_source, group->own_mac, 6);
	return verdict;
}

/* Tunnels of the packet's family where both ends have such addresses, else of the other one. */
LOXI_INLINE int loxi_hand_over_in_tunnel(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_group *group, const struct loxi_control *ctl)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_flow *flow;
	bool has4, has6;
	__u32 mtu = 0;

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	flow = &s->forward;
	has4 = *(const __u32 *)group->own_addr4 && *(const __u32 *)group->peer_addr4;
	has6 = *(const __u64 *)group->own_addr6 && *(const __u64 *)group->peer_addr6;
	if (!has4 && !has6)
		return loxi_drop(LOXI_REASON_REFUSED_NO_ROUTE, pkt->length);
	__builtin_memset(flow, 0, sizeof(*flow));
	flow->flags = LOXI_FLOW_DIRECT | LOXI_FLOW_TUNNEL;
	if (pkt->family == 4 ? !has4 : !has6)
		flow->flags |= LOXI_FLOW_CROSS;
	flow->xsaddr4 = *(const __u32 *)group->own_addr4;
	flow->xdaddr4 = *(const __u32 *)group->peer_addr4;
	__builtin_memcpy(flow->xsaddr6, group->own_addr6, 16);
	__builtin_memcpy(flow->xdaddr6, group->peer_addr6, 16);
	loxi_resolve(ctx, flow, pkt, &s->hop, ctl->generation);
	if (s->hop.kind == LOXI_HOP_NO_ROUTE || s->hop.kind == LOXI_HOP_BLACKHOLE || s->hop.local)
		return loxi_drop(LOXI_REASON_REFUSED_NO_ROUTE, pkt->length);
	/* Also when it may be cut: the other end takes whole packets only. */
	if (s->hop.kind == LOXI_HOP_CACHED && !loxi_fits(ctx, pkt, flow, ctl, &mtu, loxi_tunnel_overhead(flow, pkt->family)))
		return loxi_refuse(ctx, pkt, LOXI_REASON_REFUSED_TOO_BIG, 0, mtu);
	return loxi_send_direct(ctx, pkt, flow, &s->hop);
}

/*
 * Whether a packet goes to the other node. Who gives a group away keeps its connections and hands over what begins, or what it does not know; who
 * takes it begins connections, and hands back what only the other one can know yet: a handshake that was on its way.
 */
LOXI_INLINE bool loxi_is_handed_over(struct loxi_group *group, __u32 flow)
{
	bool stays = flow == LOXI_OPEN_FLOW ? group->flags & LOXI_GROUP_KEEPS : flow == LOXI_NEW_FLOW && (group->flags & LOXI_GROUP_BEGINS);

	if (!stays || !(group->flags & LOXI_GROUP_BEGINS))
		group->used = loxi_tick();
	return !stays;
}

/* LOXI_ENTERED, or what became of the packet. */
LOXI_GLOBAL int loxi_enter_group(loxi_ctx *ctx, struct loxi_packet *pkt, __u32 number, __u32 flow)
{
	struct loxi_group *group = loxi_group(number);
	__u32 zero = 0;
	struct loxi_control *ctl = bpf_map_lookup_elem(&control, &zero);

	if (!pkt || !group || !ctl)
		return LOXI_ENTERED;
	if ((group->flags & LOXI_GROUP_REDIRECT) && !loxi_is_from_peer(ctx, pkt, group) && loxi_is_handed_over(group, flow)) {
		if (pkt->ttl <= 1)
			return loxi_drop(LOXI_REASON_REFUSED_TTL, pkt->length);
		loxi_count_reason(LOXI_REASON_REDIRECTED_TO_PEER, pkt->length);
		return group->peer_ifindex ? loxi_hand_over_on_link(ctx, pkt, group) : loxi_hand_over_in_tunnel(ctx, pkt, group, ctl);
	}
	if (!loxi_gate_is_open(group, flow != LOXI_OPEN_FLOW))
		return loxi_drop(LOXI_REASON_DROP_GATE_CLOSED, pkt->length);
	return LOXI_ENTERED;
}

/*
 * Nothing is known of the packet. To a VIP or source address of a group that another node serves, or from one of its endpoints: handed
 * over, since that node knows more. LOXI_ENTERED: there is no such node.
 */
LOXI_GLOBAL int loxi_hand_over_unknown(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	struct loxi_address_key saddr, daddr;
	struct loxi_address *address;
	struct loxi_group *group;

	if (!pkt)
		return LOXI_ENTERED;
	loxi_packet_addresses(pkt, saddr.addr, daddr.addr);
	address = bpf_map_lookup_elem(&addresses, &daddr);
	if (!address || !(address->flags & (LOXI_ADDRESS_VIP | LOXI_ADDRESS_SOURCE))) {
		address = bpf_map_lookup_elem(&addresses, &saddr);
		if (!address || !(address->flags & LOXI_ADDRESS_ENDPOINT))
			return LOXI_ENTERED;
	}
	group = loxi_group(address->vip_group);
	if (!group || !(group->flags & LOXI_GROUP_REDIRECT) || loxi_is_from_peer(ctx, pkt, group))
		return LOXI_ENTERED;
	return loxi_enter_group(ctx, pkt, address->vip_group, LOXI_UNKNOWN_FLOW);
}

/* The kernel's, unless another node knows more. Only then the rest of a datagram is too. */
LOXI_INLINE int loxi_no_service(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl, const int family, __u32 reason)
{
	int verdict = ctl->flags & LOXI_CONTROL_REDIRECT ? loxi_hand_over_unknown(ctx, pkt) : LOXI_ENTERED;

	if (verdict != LOXI_ENTERED)
		return verdict;
	if (pkt->fragment == LOXI_FIRST_FRAGMENT && loxi_concerns_service(pkt))
		loxi_open_fragment(pkt, 1);
	return loxi_pass(reason, pkt->length);
}

/* Whether the kernel may answer who asks for the MAC address of `addr`: only the node that serves a VIP may say that it is here. */
LOXI_INLINE bool loxi_may_answer(const __u8 *addr)
{
	struct loxi_address_key key;
	struct loxi_address *address;
	struct loxi_group *group;

	__builtin_memcpy(key.addr, addr, 16);
	address = bpf_map_lookup_elem(&addresses, &key);
	if (!address || !(address->flags & (LOXI_ADDRESS_VIP | LOXI_ADDRESS_SOURCE)))
		return true;
	group = loxi_group(address->vip_group);
	return !group || !(group->flags & LOXI_GROUP_GATED) || bpf_ktime_get_coarse_ns() <= group->answer_until;
}

/* Ethernet and IPv4, a request or an announcement. RFC 826 */
struct loxi_arp {
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
};

LOXI_GLOBAL int loxi_gate_arp(loxi_ctx *ctx, const struct loxi_packet *pkt)
{
	struct loxi_arp *arp;
	__u8 addr[16];

	if (!pkt)
		return LOXI_VERDICT_PASS;
	loxi_pull(ctx, pkt->l3 + sizeof(*arp));
	arp = loxi_at(ctx, pkt->l3);
	if ((void *)(arp + 1) > loxi_data_end(ctx) || arp->protocol != bpf_htons(ETH_P_IP) || arp->operation != bpf_htons(1))
		return loxi_pass(LOXI_REASON_PASS_NOT_IP, loxi_frame_length(ctx));
	loxi_map_address(addr, *(__u32 *)arp->target);
	return loxi_may_answer(addr) ? loxi_pass(LOXI_REASON_PASS_NOT_IP, loxi_frame_length(ctx)) : loxi_drop(LOXI_REASON_DROP_ANSWER_CLOSED, loxi_frame_length(ctx));
}

/* RFC 4861 4.3 */
#define LOXI_NEIGHBOUR_SOLICITATION 135

/* Whether an ICMPv6 message asks for an address that this node must not answer for now. */
LOXI_GLOBAL int loxi_is_gated_solicitation(loxi_ctx *ctx, const struct loxi_packet *pkt)
{
	__u8 *at, addr[16];

	if (!pkt || pkt->proto != IPPROTO_ICMPV6 || pkt->fragment != LOXI_NOT_FRAGMENTED)
		return 0;
	loxi_pull(ctx, pkt->l4 + sizeof(struct icmphdr) + 16);
	at = loxi_at(ctx, pkt->l4);
	if ((void *)at + sizeof(struct icmphdr) + 16 > loxi_data_end(ctx) || at[0] != LOXI_NEIGHBOUR_SOLICITATION)
		return 0;
	__builtin_memcpy(addr, at + sizeof(struct icmphdr), 16);
	return !loxi_may_answer(addr);
}

#endif
