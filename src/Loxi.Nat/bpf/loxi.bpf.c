/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The balancer. One logic for three hooks: compiled as it is (TC, packets that come in), with -DLOXI_XDP, and with -DLOXI_EGRESS (TC, packets that go out).
 *
 *   frame -> the usual packet of an open connection? -> translate, send (loxi_fast.h)
 *         -> parse -> flow table -> (hit)  track -> forward
 *                                -> (miss) service table -> connect -> forward
 *
 * A packet that matches nothing goes to the kernel unchanged. A packet that matches never reaches the local stack untranslated.
 */
#include "loxi_connect.h"
#include "loxi_fast.h"
#include "loxi_fragment.h"
#include "loxi_icmp_error.h"
#include "loxi_peer.h"

/* 1 s: a connection that was reset and goes on all the same was not reset by its ends. */
#define LOXI_RESET_TICKS 60

/* A new connection may start on top of one that is over: the client has taken the port again. */
LOXI_INLINE bool loxi_is_reopened(const struct loxi_packet *pkt, const struct loxi_flow *flow)
{
	if (pkt->chunk == LOXI_SCTP_INIT)
		return !(flow->flags & LOXI_FLOW_REVERSE) && loxi_is_closed(flow->state);
	if ((pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK)) != LOXI_TCP_SYN || (flow->flags & LOXI_FLOW_REVERSE))
		return false;
	return flow->state == LOXI_STATE_CLOSING || (flow->state == LOXI_STATE_RESET && loxi_tick() - flow->last_seen > LOXI_RESET_TICKS);
}

/* Returns false when the segment must be dropped. */
LOXI_INLINE bool loxi_segment(const struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_control *ctl)
{
	bool opens = flow->state == LOXI_STATE_SYN_SENT || flow->state == LOXI_STATE_RESET;

	if ((flow->state != LOXI_STATE_ESTABLISHED || (flow->flags & LOXI_FLOW_LOOSE) || (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_FIN | LOXI_TCP_RST))) &&
	    !loxi_track_tcp(pkt, flow, ctl))
		return false;
	/* A SYN on an open connection says nothing of its stream (RFC 5961 4). */
	if (!(pkt->tcp_flags & LOXI_TCP_RST) && (opens || !(pkt->tcp_flags & LOXI_TCP_SYN)))
		loxi_note_sequence(flow, pkt->seq_end);
	return true;
}

LOXI_INLINE int loxi_established(loxi_ctx *ctx, struct loxi_packet *pkt, void *key, struct loxi_flow *flow, struct loxi_control *ctl, const int family)
{
	if (pkt->fragment == LOXI_LATER_FRAGMENT) {
		flow->last_seen = loxi_tick();
		return loxi_forward(ctx, pkt, key, flow, ctl, family);
	}
	if (pkt->proto == IPPROTO_TCP) {
		if (!loxi_segment(pkt, flow, ctl))
			return loxi_drop(LOXI_REASON_DROP_RST_OUT_OF_WINDOW, pkt->length);
	} else if (pkt->proto == IPPROTO_SCTP) {
		if (!loxi_track_sctp(pkt, flow, ctl))
			return loxi_drop(LOXI_REASON_DROP_SCTP_TAG, pkt->length);
	} else if (pkt->icmp && !loxi_icmp_checksum_ok(ctx, pkt)) {
		return loxi_drop(LOXI_REASON_DROP_BAD_CHECKSUM, pkt->length);
	} else if (flow->state == LOXI_STATE_ONE_WAY && loxi_is_answered(flow)) {
		loxi_track_query(pkt, flow, ctl);
	}
	flow->last_seen = loxi_tick();
	return loxi_forward(ctx, pkt, key, flow, ctl, family);
}

/* A packet that cannot be balanced: dropped when it concerns a service, else the kernel's. */
LOXI_INLINE int loxi_unparsable(const struct loxi_packet *pkt)
{
	if (loxi_concerns_service(pkt))
		return loxi_drop(pkt->error, pkt->length);
	return loxi_pass(LOXI_REASON_PASS_NO_SERVICE, pkt->length);
}

LOXI_INLINE bool loxi_is_balanced(const struct loxi_packet *pkt)
{
	if (pkt->proto == IPPROTO_TCP || pkt->proto == IPPROTO_UDP || pkt->proto == IPPROTO_SCTP || pkt->icmp == LOXI_ICMP_REQUEST || pkt->icmp == LOXI_ICMP_REPLY)
		return true;
	/* In IPv6 only the first fragment says what the datagram carries (RFC 8200 4.5). */
	return pkt->fragment == LOXI_LATER_FRAGMENT && (pkt->family == 6 || pkt->proto == IPPROTO_ICMP);
}

/* Something that is never balanced, e.g. ESP. The rest of its datagram must not wait for a connection. */
LOXI_INLINE int loxi_leave_alone(const struct loxi_packet *pkt)
{
	if (pkt->fragment == LOXI_FIRST_FRAGMENT && loxi_concerns_service(pkt))
		loxi_open_fragment(pkt, 1);
	return loxi_pass(LOXI_REASON_PASS_NO_SERVICE, pkt->length);
}

/* The entry has been made with what its first packet says: it is sent by the copy that the entry was made from. */
LOXI_INLINE int loxi_first(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	return family == 4 ? loxi_deliver4(ctx, pkt, &s->forward, &s->hop, ctl) : loxi_deliver6(ctx, pkt, &s->forward, &s->hop, ctl);
}

LOXI_INLINE int loxi_handle(loxi_ctx *ctx, struct loxi_packet *pkt, const int family)
{
	void *key = family == 4 ? (void *)&pkt->key4 : (void *)&pkt->key6;
	__u32 zero = 0;
	struct loxi_control *ctl = bpf_map_lookup_elem(&control, &zero);
	struct loxi_flow *flow;
	int verdict;

	if (!ctl)
		return LOXI_VERDICT_PASS;
	if (!LOXI_IS_EGRESS && !loxi_is_for_us(ctx))
		return family == 6 && loxi_is_gated_solicitation(ctx, pkt) ? loxi_drop(LOXI_REASON_DROP_ANSWER_CLOSED, pkt->length) : LOXI_VERDICT_PASS;
	if (pkt->error)
		return loxi_unparsable(pkt);
	if (pkt->icmp == LOXI_ICMP_ERROR && pkt->fragment == LOXI_NOT_FRAGMENTED)
		return family == 4 ? loxi_icmp_error4(ctx, pkt, ctl) : loxi_icmp_error6(ctx, pkt, ctl);
	if (!loxi_is_balanced(pkt)) {
		if (family == 6 && (ctl->flags & LOXI_CONTROL_GATES) && loxi_is_gated_solicitation(ctx, pkt))
			return loxi_drop(LOXI_REASON_DROP_ANSWER_CLOSED, pkt->length);
		return loxi_leave_alone(pkt);
	}
	if (pkt->fragment == LOXI_LATER_FRAGMENT) {
		int known = loxi_join_fragment(pkt);

		if (known == LOXI_LATER_PASS)
			return loxi_pass(LOXI_REASON_PASS_NO_SERVICE, pkt->length);
		if (known == LOXI_LATER_HOLD) {
			verdict = ctl->flags & LOXI_CONTROL_REDIRECT ? loxi_hand_over_unknown(ctx, pkt) : LOXI_ENTERED;
			return verdict == LOXI_ENTERED ? loxi_hold(ctx, pkt, LOXI_REASON_HELD_FRAGMENT, 0, 0) : verdict;
		}
	}
	flow = loxi_flow_lookup(key, family);
	if (flow && loxi_is_reopened(pkt, flow)) {
		pkt->version = flow->version;
		if (!loxi_flow_remove(key, flow, pkt->proto, family))
			return loxi_drop(LOXI_REASON_DROP_RACE, pkt->length);
		loxi_count_reason(LOXI_REASON_FLOW_REPLACED, 0);
		flow = 0;
	}
	if (pkt->fragment == LOXI_LATER_FRAGMENT && !flow)
		return loxi_drop(LOXI_REASON_DROP_RACE, pkt->length);
	if (flow && (ctl->flags & (LOXI_CONTROL_GATES | LOXI_CONTROL_REDIRECT))) {
		verdict = loxi_enter_group(ctx, pkt, flow->vip_group, LOXI_OPEN_FLOW);
		if (verdict != LOXI_ENTERED)
			return verdict;
	}
	if (!flow) {
		verdict = family == 4 ? loxi_new4(ctx, pkt, ctl) : loxi_new6(ctx, pkt, ctl);
		if (verdict != LOXI_CONNECTED)
			return verdict;
		if (loxi_is_plain_start(pkt))
			return loxi_first(ctx, pkt, ctl, family);
		flow = loxi_flow_lookup(key, family);
		if (!flow)
			return loxi_drop(LOXI_REASON_DROP_RACE, pkt->length);
	}
	verdict = loxi_established(ctx, pkt, key, flow, ctl, family);
	/* Also when it is left to the kernel, which is a pass on XDP, or to user space, which is a drop: the others follow it. */
	if (pkt->fragment == LOXI_FIRST_FRAGMENT && (verdict != LOXI_VERDICT_DROP || (flow->flags & LOXI_FLOW_CROSS)))
		loxi_open_fragment(pkt, 0);
	return verdict;
}

LOXI_INLINE int loxi_ipv6(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	struct ipv6hdr *ip;
	bool plain;

	loxi_pull(ctx, pkt->l3 + sizeof(*ip));
	ip = loxi_at(ctx, pkt->l3);
	plain = (void *)(ip + 1) > loxi_data_end(ctx) || ip->nexthdr == IPPROTO_TCP || ip->nexthdr == IPPROTO_UDP;
	/* With extension headers as far as they are followed. */
	loxi_pull(ctx, plain ? pkt->l3 + sizeof(*ip) + sizeof(struct tcphdr) : LOXI_HEADERS_MASK);
	if (!loxi_parse_ipv6(ctx, pkt))
		return loxi_pass(LOXI_REASON_PASS_MALFORMED_IP, loxi_frame_length(ctx));
	return loxi_handle(ctx, pkt, 6);
}

LOXI_INLINE int loxi_ipv4(loxi_ctx *ctx, struct loxi_packet *pkt)
{
	struct iphdr *ip = loxi_at(ctx, pkt->l3);
	__u32 options = (void *)(ip + 1) <= loxi_data_end(ctx) && ip->ihl > 5 ? ip->ihl * 4 - sizeof(*ip) : 0;

	loxi_pull(ctx, pkt->l3 + sizeof(*ip) + options + sizeof(struct tcphdr));
	if (!loxi_parse_ipv4(ctx, pkt))
		return loxi_pass(LOXI_REASON_PASS_MALFORMED_IP, loxi_frame_length(ctx));
	return loxi_handle(ctx, pkt, 4);
}

/* Everything but the usual packet. */
LOXI_GLOBAL int loxi_slow(loxi_ctx *ctx)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_packet *pkt;
	__be16 proto;
	__u32 zero = 0;
	struct loxi_control *ctl = bpf_map_lookup_elem(&control, &zero);

	if (!s || !ctl)
		return LOXI_VERDICT_PASS;
	pkt = &s->packet;
	/* The key is not cleared: parsing writes all of it wherever it is used. */
	__builtin_memset(&pkt->length, 0, sizeof(*pkt) - offsetof(struct loxi_packet, length));
#ifndef LOXI_XDP
	pkt->mark = ctx->mark;
#endif
	loxi_pull(ctx, ETH_HLEN + sizeof(struct iphdr) + sizeof(struct tcphdr));
	proto = loxi_parse_ethernet(ctx, pkt);
	if ((ctl->flags & LOXI_CONTROL_PEERS) && loxi_is_for_us(ctx) && loxi_take_from_peer(ctx, pkt, proto)) {
		/* What was in the tunnel begins where the outer header was. */
		pkt->from_peer = 1;
		proto = loxi_parse_ethernet(ctx, pkt);
	}
	if (proto == bpf_htons(ETH_P_IP))
		return loxi_ipv4(ctx, pkt);
	if (proto == bpf_htons(ETH_P_IPV6))
		return loxi_ipv6(ctx, pkt);
	if (proto == bpf_htons(ETH_P_ARP) && (ctl->flags & LOXI_CONTROL_GATES) && !LOXI_IS_EGRESS)
		return loxi_gate_arp(ctx, pkt);
	return loxi_pass(LOXI_REASON_PASS_NOT_IP, loxi_frame_length(ctx));
}

#ifdef LOXI_EGRESS
/* For clients and endpoints on the node itself (--egr-hooks). What the other hook has sent passes. */
SEC(LOXI_SECTION)
int loxi_egress(loxi_ctx *ctx)
{
	if (ctx->cb[3] == LOXI_STAMP && ctx->cb[4] == ~LOXI_STAMP)
		return LOXI_VERDICT_PASS;
	return loxi_slow(ctx);
}
#else
/* Only the node that serves a VIP may say that it is here. */
LOXI_INLINE bool loxi_is_gated_question(const loxi_ctx *ctx)
{
	__u32 zero = 0;
	struct loxi_control *ctl;

	if (!loxi_may_be_question(ctx))
		return false;
	ctl = bpf_map_lookup_elem(&control, &zero);
	return ctl && (ctl->flags & LOXI_CONTROL_GATES);
}

SEC(LOXI_SECTION)
int loxi(loxi_ctx *ctx)
{
	int verdict;

	if (!loxi_is_for_us(ctx))
		return loxi_is_gated_question(ctx) ? loxi_slow(ctx) : LOXI_VERDICT_PASS;
	verdict = loxi_try_fast(ctx);
	return verdict != LOXI_UNUSUAL ? verdict : loxi_slow(ctx);
}
#endif

#if !defined(LOXI_XDP) && !defined(LOXI_EGRESS)
#include "loxi_import.h"
#include "loxi_remove_call.h"
#endif

char LICENSE[] SEC("license") = "Dual BSD/GPL";
