/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ICMP errors about packets of a connection (RFC 5508 section 4, RFC 792, RFC 4443): the embedded packet went the other way,
 * so its connection is found under the reversed tuple; it and the outer addresses are translated. An error never refreshes,
 * changes or deletes an entry.
 */
#ifndef LOXI_ICMP_ERROR_H
#define LOXI_ICMP_ERROR_H

#include "loxi_embedded.h"
#include "loxi_forward.h"
#include "loxi_group.h"

/*
 * The outer packet goes on to where the flow goes. Its source is replaced only when it is the host that the connection hides;
 * a router in between keeps its name (RFC 5508 REQ-5 leaves it).
 */
LOXI_INLINE void loxi_outer_addresses(const struct loxi_packet *pkt, const struct loxi_flow *flow, struct loxi_flow *out, bool from_peer, const int family)
{
	__builtin_memcpy(out, flow, sizeof(*out));
	if (from_peer)
		return;
	if (family == 4)
		out->xsaddr4 = pkt->key4.saddr;
	else
		__builtin_memcpy(out->xsaddr6, pkt->key6.saddr, 16);
}

LOXI_INLINE int loxi_write_error(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, const struct loxi_flow *out, const struct loxi_flow *flow, __u8 hops, const int family)
{
	struct loxi_csum_delta outer = {};
	__u64 pseudo = 0, sum = 0;

	if (loxi_write_embedded_l3(ctx, in, flow, &pseudo, &sum, family) || loxi_write_embedded_l4(ctx, in, flow, pseudo, &sum))
		return -1;
	if (family == 4 ? loxi_write_ipv4(ctx, pkt, out, &outer, hops) : loxi_write_ipv6(ctx, pkt, out, &outer, hops))
		return -1;
	outer.plain = sum;
	return loxi_fix_l4_csum(ctx, pkt, &outer, family);
}

/* Direct server return: what answers a packet of the endpoint comes to the VIP, so here; it goes where the connection goes, as it is. */
LOXI_INLINE int loxi_direct_error(loxi_ctx *ctx, struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	struct loxi_scratch *s = loxi_scratch();

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	loxi_resolve(ctx, flow, pkt, &s->hop, ctl->generation);
	if (s->hop.kind == LOXI_HOP_NO_ROUTE || s->hop.kind == LOXI_HOP_BLACKHOLE)
		return loxi_drop(LOXI_REASON_DROP_BLACKHOLE, pkt->length);
	return loxi_send_direct(ctx, pkt, flow, &s->hop);
}

LOXI_INLINE int loxi_translate_error(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, struct loxi_flow *flow, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_flow *out;
	int verdict;

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	out = &s->forward;
	loxi_outer_addresses(pkt, flow, out, loxi_from_peer(ctx, pkt, in, family), family);
	loxi_resolve(ctx, out, pkt, &s->hop, ctl->generation);
	if (s->hop.kind == LOXI_HOP_NO_ROUTE || s->hop.kind == LOXI_HOP_BLACKHOLE)
		return loxi_drop(LOXI_REASON_DROP_BLACKHOLE, pkt->length);
	verdict = loxi_way_out(ctx, out, &s->hop);
	if (loxi_write_error(ctx, pkt, in, out, flow, loxi_hops(&s->hop), family))
		return loxi_drop(LOXI_REASON_DROP_REWRITE, pkt->length);
	return loxi_send(ctx, pkt, out, &s->hop, verdict);
}

/* Functions of their own, or their stack would count where the packet goes another way. */
LOXI_GLOBAL int loxi_translate_error4(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	return pkt && in && flow && ctl ? loxi_translate_error(ctx, pkt, in, flow, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_translate_error6(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_embedded *in, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	return pkt && in && flow && ctl ? loxi_translate_error(ctx, pkt, in, flow, ctl, 6) : LOXI_VERDICT_DROP;
}

LOXI_INLINE int loxi_icmp_error(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_embedded in = {};
	struct loxi_flow *flow;
	int verdict;

	if (!s)
		return loxi_drop(LOXI_REASON_DROP_INTERNAL, pkt->length);
	loxi_pull(ctx, pkt->l4 + sizeof(struct icmphdr) + sizeof(struct ipv6hdr) + sizeof(struct loxi_fragment_header) + sizeof(struct tcphdr));
	flow = loxi_embedded_flow(ctx, pkt, &in, &s->key, family);
	if (!flow)
		return loxi_no_service(ctx, pkt, ctl, family, LOXI_REASON_PASS_ICMP_UNRELATED);
	if (ctl->flags & (LOXI_CONTROL_GATES | LOXI_CONTROL_REDIRECT)) {
		verdict = loxi_enter_group(ctx, pkt, flow->vip_group, LOXI_OPEN_FLOW);
		if (verdict != LOXI_ENTERED)
			return verdict;
	}
	if (pkt->ttl <= 1)
		return loxi_drop(LOXI_REASON_REFUSED_TTL, pkt->length);
	if (!loxi_icmp_checksum_ok(ctx, pkt))
		return loxi_drop(LOXI_REASON_DROP_BAD_CHECKSUM, pkt->length);
	if (flow->flags & LOXI_FLOW_DIRECT)
		return loxi_direct_error(ctx, pkt, flow, ctl);
	if (flow->flags & LOXI_FLOW_CROSS)
		return loxi_hold(ctx, pkt, LOXI_REASON_TRANSLATED_BY_NODE, 0, 0);
	return family == 4 ? loxi_translate_error4(ctx, pkt, &in, flow, ctl) : loxi_translate_error6(ctx, pkt, &in, flow, ctl);
}

LOXI_GLOBAL int loxi_icmp_error4(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_icmp_error(ctx, pkt, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_icmp_error6(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_icmp_error(ctx, pkt, ctl, 6) : LOXI_VERDICT_DROP;
}

#endif
