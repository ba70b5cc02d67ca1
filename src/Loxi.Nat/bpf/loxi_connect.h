/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The first packet of a connection: choose an endpoint, insert both directions, reverse first. The usual one (destination NAT, first
 * choice free) goes straight through; what needs a source address, another endpoint or another port takes the search.
 */
#ifndef LOXI_CONNECT_H
#define LOXI_CONNECT_H

#include "loxi_attempt.h"
#include "loxi_checksum.h"
#include "loxi_group.h"

/* Beside the verdicts: the packet's connection is in the table now. */
#define LOXI_CONNECTED 256

LOXI_INLINE void loxi_fill_reverse(const struct loxi_packet *pkt, struct loxi_flow *flow, const int family)
{
	if (family == 4) {
		flow->xsaddr4 = pkt->key4.daddr;
		flow->xdaddr4 = pkt->key4.saddr;
		flow->xsport = pkt->key4.dport;
		flow->xdport = pkt->key4.sport;
	} else {
		__builtin_memcpy(flow->xsaddr6, pkt->key6.daddr, 16);
		__builtin_memcpy(flow->xdaddr6, pkt->key6.saddr, 16);
		flow->xsport = pkt->key6.dport;
		flow->xdport = pkt->key6.sport;
	}
	flow->extra = (__u32)pkt->vlan[0] << 16 | pkt->vlan[1];
}

LOXI_INLINE void loxi_start(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_service *service, const struct loxi_control *ctl, __u32 tick, __u8 state, __u16 flags)
{
	__builtin_memset(flow, 0, sizeof(*flow));
	flow->last_seen = tick;
	flow->state = state;
	flow->flags = flags;
	flow->vip_group = service->vip_group;
	/* The counter begins with the time, or the next connection of the same ports would look older than one that another node has kept. */
	flow->version = ctl->version_base + tick;
	flow->version = loxi_version_after(pkt->version > flow->version ? pkt->version : flow->version, ctl);
	flow->rule_generation = ctl->rule_generation;
}

LOXI_INLINE __u8 loxi_first_state(const struct loxi_packet *pkt)
{
	if (pkt->proto == IPPROTO_SCTP)
		return pkt->chunk == LOXI_SCTP_INIT ? LOXI_STATE_INIT : LOXI_STATE_ESTABLISHED;
	if (pkt->proto != IPPROTO_TCP)
		return LOXI_STATE_ONE_WAY;
	return (pkt->tcp_flags & LOXI_TCP_SYN) ? LOXI_STATE_SYN_SENT : LOXI_STATE_ESTABLISHED;
}

LOXI_INLINE int loxi_refusal_of(__u32 attempt)
{
	switch (attempt) {
	case LOXI_ATTEMPT_RACE:
		return LOXI_REASON_DROP_RACE;
	case LOXI_ATTEMPT_NO_ENDPOINT:
		return LOXI_REASON_REFUSED_NO_ENDPOINT;
	case LOXI_ATTEMPT_FULL:
		return LOXI_REASON_REFUSED_TABLE_FULL;
	case LOXI_ATTEMPT_NO_SOURCE:
		return LOXI_REASON_REFUSED_NO_SOURCE;
	case LOXI_ATTEMPT_EXHAUSTED:
		return LOXI_REASON_REFUSED_PORTS_EXHAUSTED;
	default:
		return LOXI_REASON_REFUSED_COLLISION;
	}
}

/* One more connection of an endpoint, and one more in the making; both before its entry can be seen. */
LOXI_INLINE void loxi_enrol(struct loxi_scratch *s, const struct loxi_service *service, const struct loxi_control *ctl, const int family)
{
	struct loxi_endpoint_load *load;
	__u32 index = s->forward.endpoint;

	if (service->selection == LOXI_SELECTION_LC) {
		load = bpf_map_lookup_elem(&endpoint_load, &index);
		if (load) {
			__sync_fetch_and_add(&load->active, 1);
			s->forward.extra = LOXI_EXTRA_COUNTED | LOXI_EXTRA_COUNTS;
		}
	}
	/* Also what was picked up in its middle, until the endpoint answers: it may be made up. */
	loxi_embryo_begin(&s->packet.key4, &s->forward, ctl, family);
}

/* The reverse entry goes again: without a forward one nobody else takes it out. */
LOXI_INLINE void loxi_give_up(struct loxi_scratch *s, const int family)
{
	loxi_uncount(&s->forward, LOXI_EXTRA_COUNTED | LOXI_EXTRA_EMBRYO, 0, family);
	if (s->forward.flags & LOXI_FLOW_DIRECT)
		return;
	if (s->forward.flags & LOXI_FLOW_CROSS)
		loxi_flow_delete(&s->key, LOXI_OTHER_FAMILY(family));
	else
		loxi_flow_delete(&s->key, family);
}

/* The first packet of nearly every connection: it says nothing but that it begins. Its way is asked for before its entry is made. */
LOXI_INLINE bool loxi_is_plain_start(const struct loxi_packet *pkt)
{
	if (pkt->fragment != LOXI_NOT_FRAGMENTED)
		return false;
	if (pkt->proto == IPPROTO_TCP)
		return (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_FIN | LOXI_TCP_RST)) == LOXI_TCP_SYN;
	return pkt->proto == IPPROTO_UDP;
}

/* The entry as its first packet leaves it. Returns why there is no way, or LOXI_REASON_NONE. */
LOXI_INLINE int loxi_begin_way(loxi_ctx *ctx, const struct loxi_packet *pkt, struct loxi_scratch *s, const struct loxi_control *ctl)
{
	loxi_hop_cached(&s->hop);
	loxi_resolve_first(ctx, &s->forward, pkt, &s->hop, ctl);
	if (s->hop.kind == LOXI_HOP_NO_ROUTE)
		return LOXI_REASON_REFUSED_NO_ROUTE;
	if (s->hop.kind == LOXI_HOP_BLACKHOLE)
		return LOXI_REASON_DROP_BLACKHOLE;
	s->forward.packets = loxi_segments(ctx);
	s->forward.bytes = pkt->length;
	if (pkt->proto == IPPROTO_TCP)
		loxi_note_sequence(&s->forward, pkt->seq_end);
	return LOXI_REASON_NONE;
}

/* The reverse key is taken: the way, then the entry itself. */
LOXI_INLINE int loxi_open(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	int error;

	if (!s)
		return LOXI_REASON_DROP_INTERNAL;
	s->forward.extra = 0;
	if (loxi_is_plain_start(pkt)) {
		error = loxi_begin_way(ctx, pkt, s, ctl);
		if (error) {
			loxi_give_up(s, family);
			return error;
		}
	}
	loxi_enrol(s, service, ctl, family);
	/* Not `pkt`, although it is the same place: before Linux 6.4 a key may not be behind the argument of a global function. */
	error = loxi_flow_insert(&s->packet.key4, &s->forward, family);
	if (error) {
		loxi_give_up(s, family);
		s->full = family;
		return error == -LOXI_EEXIST ? LOXI_REASON_DROP_RACE : LOXI_REASON_REFUSED_TABLE_FULL;
	}
	if (service->selection == LOXI_SELECTION_PERSIST)
		loxi_keep_endpoint(pkt, service, s->forward.endpoint);
	loxi_count_flow(s->forward.endpoint, service->id);
	return LOXI_REASON_NONE;
}

LOXI_GLOBAL int loxi_open4(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl)
{
	return pkt && service && ctl ? loxi_open(ctx, pkt, service, ctl, 4) : LOXI_REASON_DROP_INTERNAL;
}

LOXI_GLOBAL int loxi_open6(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl)
{
	return pkt && service && ctl ? loxi_open(ctx, pkt, service, ctl, 6) : LOXI_REASON_DROP_INTERNAL;
}

/* Both entries of the connection, an endpoint, and its reverse key in the usual case. Returns an enum loxi_attempt. */
LOXI_INLINE int loxi_prepare(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	__u32 tick, choice;
	__u16 flags;
	__u8 state;

	if (!s)
		return LOXI_ATTEMPT_RACE;
	if (!service->members_count)
		return LOXI_ATTEMPT_NO_ENDPOINT;
	state = loxi_first_state(pkt);
	flags = state == LOXI_STATE_ESTABLISHED ? LOXI_FLOW_LOOSE : 0;
	if (service->flags & LOXI_SERVICE_CLAMP_MSS)
		flags |= LOXI_FLOW_CLAMP_MSS;
	tick = loxi_tick();
	loxi_start(pkt, &s->forward, service, ctl, tick, state, flags);
	loxi_start(pkt, &s->reverse, service, ctl, tick, state, flags | LOXI_FLOW_REVERSE);
	loxi_fill_reverse(pkt, &s->reverse, family);
	choice = service->selection == LOXI_SELECTION_PERSIST ? loxi_kept_endpoint(pkt, service) : 0;
	if (!(choice & LOXI_KEPT))
		choice = loxi_first_member(pkt, service, ctl->hash_seed, family);
	loxi_embryo_reserve(ctl, family);
	s->ports.scanned = 0;
	return loxi_take_usual(pkt, service, s, choice, family);
}

LOXI_GLOBAL int loxi_prepare4(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl)
{
	return pkt && service && ctl ? loxi_prepare(pkt, service, ctl, 4) : LOXI_ATTEMPT_RACE;
}

LOXI_GLOBAL int loxi_prepare6(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl)
{
	return pkt && service && ctl ? loxi_prepare(pkt, service, ctl, 6) : LOXI_ATTEMPT_RACE;
}

/* Inserts both directions; returns LOXI_REASON_NONE or why the connection is refused. In steps beside each other: they share the stack. */
LOXI_INLINE int loxi_connect(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	int result = family == 4 ? loxi_prepare4(pkt, service, ctl) : loxi_prepare6(pkt, service, ctl);

	if (result == LOXI_ATTEMPT_SEARCH && s)
		result = family == 4 ? loxi_search4(pkt, service, ctl, s->choice) : loxi_search6(pkt, service, ctl, s->choice);
	if (result)
		return loxi_refusal_of(result);
	return family == 4 ? loxi_open4(ctx, pkt, service, ctl) : loxi_open6(ctx, pkt, service, ctl);
}

/* What begins a connection. */
LOXI_INLINE bool loxi_begins(const struct loxi_packet *pkt)
{
	if (pkt->proto == IPPROTO_TCP)
		return (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_RST)) == LOXI_TCP_SYN;
	if (pkt->proto == IPPROTO_SCTP)
		return pkt->chunk == LOXI_SCTP_INIT;
	return pkt->proto == IPPROTO_UDP || pkt->icmp == LOXI_ICMP_REQUEST;
}

/* What may begin a connection; mid-stream packets when the service allows to pick them up. */
LOXI_INLINE bool loxi_may_start(const struct loxi_packet *pkt, const struct loxi_service *service)
{
	if (loxi_begins(pkt) || !(service->flags & LOXI_SERVICE_LOOSE))
		return loxi_begins(pkt);
	if (pkt->proto == IPPROTO_TCP)
		return (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_RST)) == LOXI_TCP_ACK;
	return pkt->proto == IPPROTO_SCTP && pkt->chunk != LOXI_SCTP_INIT_ACK && pkt->chunk != LOXI_SCTP_ABORT && pkt->chunk != LOXI_SCTP_SHUTDOWN_COMPLETE;
}

/* The table that was full is that of the client's family, or that of the endpoint's. */
LOXI_INLINE int loxi_evict_where_full(const struct loxi_control *ctl)
{
	struct loxi_scratch *s = loxi_scratch();

	return s ? loxi_embryo_evict(ctl->embryo_slots, ~0u, s->full) : 0;
}

/* A packet for a service, without an entry: verdict, or LOXI_CONNECTED when there is one now. */
LOXI_INLINE int loxi_new(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl, const int family)
{
	struct loxi_service *service = loxi_find_service(pkt, ctl, family);
	__u32 reason;
	int verdict;

	if (!service)
		return loxi_no_service(ctx, pkt, ctl, family, LOXI_REASON_PASS_NO_SERVICE);
	if (ctl->flags & (LOXI_CONTROL_GATES | LOXI_CONTROL_REDIRECT)) {
		verdict = loxi_enter_group(ctx, pkt, service->vip_group, loxi_begins(pkt) ? LOXI_NEW_FLOW : LOXI_UNKNOWN_FLOW);
		if (verdict != LOXI_ENTERED)
			return verdict;
	}
	if (pkt->icmp == LOXI_ICMP_REQUEST && !loxi_icmp_checksum_ok(ctx, pkt))
		return loxi_drop(LOXI_REASON_DROP_BAD_CHECKSUM, pkt->length);
	if (!loxi_may_start(pkt, service))
		reason = LOXI_REASON_REFUSED_NOT_SYN;
	else if (pkt->ttl <= 1)
		reason = LOXI_REASON_REFUSED_TTL;
	else
		reason = loxi_connect(ctx, pkt, service, ctl, family);
	/* Who is only being made goes before somebody new is refused. */
	if (reason == LOXI_REASON_REFUSED_TABLE_FULL && loxi_evict_where_full(ctl))
		reason = loxi_connect(ctx, pkt, service, ctl, family);
	if (reason == LOXI_REASON_NONE)
		return LOXI_CONNECTED;
	if (reason == LOXI_REASON_DROP_RACE || reason == LOXI_REASON_DROP_INTERNAL || reason == LOXI_REASON_DROP_BLACKHOLE)
		return loxi_drop(reason, pkt->length);
	loxi_count_refused(service->id);
	return loxi_refuse(ctx, pkt, reason, service->id, 0);
}

LOXI_GLOBAL int loxi_new4(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_new(ctx, pkt, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_new6(loxi_ctx *ctx, struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_new(ctx, pkt, ctl, 6) : LOXI_VERDICT_DROP;
}

#endif
