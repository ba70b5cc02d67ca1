/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The first packet of a connection: choose an endpoint, insert both directions, reverse first. The usual one (destination NAT, first
 * choice free) goes straight through; what needs a source address, another endpoint or another port takes the search.
 */
#ifndef LOXI_CONNECT_H
#define LOXI_CONNECT_H

#include "loxi_checksum.h"
#include "loxi_group.h"
#include "loxi_source.h"

/* Beside the verdicts: the packet's connection is in the table now. */
#define LOXI_CONNECTED 256

/* `to`: family of the endpoint. The source is the client, for now. */
LOXI_INLINE void loxi_fill_forward(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_endpoint *endpoint, __be16 client_port, const int family, const int to)
{
	__be16 port = endpoint->port;

	if (to == 4) {
		flow->xdaddr4 = ((const __u32 *)endpoint->addr)[3];
		if (family == 4)
			flow->xsaddr4 = pkt->key4.saddr;
	} else {
		__builtin_memcpy(flow->xdaddr6, endpoint->addr, 16);
		if (family == 6)
			__builtin_memcpy(flow->xsaddr6, pkt->key6.saddr, 16);
	}
	/* 0: the one that the client asked for. Echo requests have none. */
	if (!port)
		port = family == 4 ? pkt->key4.dport : pkt->key6.dport;
	flow->xsport = client_port;
	flow->xdport = pkt->icmp == LOXI_ICMP_REQUEST ? 0 : port;
}

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

LOXI_INLINE bool loxi_is_client(const struct loxi_packet *pkt, const struct loxi_endpoint *endpoint, const int family)
{
	const __u64 *a = (const __u64 *)pkt->key6.saddr, *b = (const __u64 *)endpoint->addr;

	if (family == 4)
		return pkt->key4.saddr == ((const __u32 *)endpoint->addr)[3];
	return a[0] == b[0] && a[1] == b[1];
}

/* The usual attempt: the client's address, and one client port. */
LOXI_INLINE int loxi_attempt(const struct loxi_packet *pkt, struct loxi_scratch *s, const struct loxi_endpoint *endpoint, __be16 client_port, const int family)
{
	loxi_fill_forward(pkt, &s->forward, endpoint, client_port, family, family);
	loxi_answer_key(&s->forward, pkt->proto, &s->key, family);
	return loxi_take_key(s, pkt->proto, family);
}

/* Direct server return: where the tunnel would go; the packet itself stays as it is, and nothing comes back this way. */
LOXI_INLINE int loxi_attempt_direct(const struct loxi_packet *pkt, struct loxi_scratch *s, const struct loxi_endpoint *endpoint, const struct loxi_service *service, const int family, const int to)
{
	__u32 at = endpoint->sources_base;
	struct loxi_source *source = endpoint->sources_count ? bpf_map_lookup_elem(&sources, &at) : 0;

	if ((to != family || (service->flags & LOXI_SERVICE_TUNNEL)) && !source)
		return LOXI_ATTEMPT_NO_SOURCE;
	loxi_fill_forward(pkt, &s->forward, endpoint, family == 4 ? pkt->key4.sport : pkt->key6.sport, family, to);
	if (source)
		loxi_put_source(&s->forward, source->addr, to);
	s->forward.flags |= LOXI_FLOW_DIRECT;
	if (to != family)
		s->forward.flags |= LOXI_FLOW_TUNNEL | LOXI_FLOW_CROSS;
	else if (service->flags & LOXI_SERVICE_TUNNEL)
		s->forward.flags |= LOXI_FLOW_TUNNEL;
	else if (source && !(service->flags & LOXI_SERVICE_NO_TUNNEL))
		s->forward.flags |= LOXI_FLOW_AUTO;
	return LOXI_ATTEMPT_DONE;
}

/* One endpoint whose source is rewritten or whose packets are tunnelled, or that is the client itself. scratch.forward.endpoint is its index. */
LOXI_INLINE int loxi_attempt_special(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, bool other_port, const int family, const int to)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_endpoint_load *load;
	struct loxi_endpoint *endpoint;
	__u32 index;

	if (!s)
		return LOXI_ATTEMPT_FULL;
	index = s->forward.endpoint;
	endpoint = bpf_map_lookup_elem(&endpoints, &index);
	load = bpf_map_lookup_elem(&endpoint_load, &index);
	if (!endpoint || !load)
		return LOXI_ATTEMPT_FULL;
	s->forward.flags &= ~(LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT | LOXI_FLOW_TUNNEL | LOXI_FLOW_AUTO);
	s->reverse.flags &= ~LOXI_FLOW_CROSS;
	if (service->flags & LOXI_SERVICE_DSR)
		return loxi_attempt_direct(pkt, s, endpoint, service, family, to);
	loxi_fill_forward(pkt, &s->forward, endpoint, family == 4 ? pkt->key4.sport : pkt->key6.sport, family, to);
	if (to != family) {
		s->forward.flags |= LOXI_FLOW_CROSS;
		s->reverse.flags |= LOXI_FLOW_CROSS;
		return loxi_take_source(pkt, ctl, s, endpoint, load, family, to);
	}
	if ((service->flags & LOXI_SERVICE_SNAT) && !loxi_is_local_address(endpoint->addr))
		return loxi_take_source(pkt, ctl, s, endpoint, load, family, to);
	if (loxi_is_client(pkt, endpoint, family))
		return loxi_take_hairpin(pkt, ctl, s, load, family);
	loxi_begin_ports(pkt, ctl, s, family, family);
	if (other_port) {
		s->ports.scan = 0;
		return loxi_take_port(s, 1, family);
	}
	loxi_answer_key(&s->forward, pkt->proto, &s->key, family);
	return loxi_take_key(s, pkt->proto, family);
}

LOXI_GLOBAL int loxi_attempt_special44(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, __u32 other_port)
{
	return pkt && service && ctl ? loxi_attempt_special(pkt, service, ctl, other_port, 4, 4) : LOXI_ATTEMPT_FULL;
}

LOXI_GLOBAL int loxi_attempt_special46(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl)
{
	return pkt && service && ctl ? loxi_attempt_special(pkt, service, ctl, false, 4, 6) : LOXI_ATTEMPT_FULL;
}

LOXI_GLOBAL int loxi_attempt_special64(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl)
{
	return pkt && service && ctl ? loxi_attempt_special(pkt, service, ctl, false, 6, 4) : LOXI_ATTEMPT_FULL;
}

LOXI_GLOBAL int loxi_attempt_special66(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, __u32 other_port)
{
	return pkt && service && ctl ? loxi_attempt_special(pkt, service, ctl, other_port, 6, 6) : LOXI_ATTEMPT_FULL;
}

/* Consistent choices stay with their endpoint: what another node would not choose is no choice. */
LOXI_INLINE bool loxi_may_change_endpoint(const struct loxi_service *service)
{
	return service->selection != LOXI_SELECTION_PERSIST && !(service->flags & LOXI_SERVICE_DSR);
}

/* The endpoint whose source is rewritten, or whose packets are tunnelled, has tried all ports, or none count. */
LOXI_INLINE bool loxi_is_special(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_endpoint *endpoint, const int family)
{
	return (service->flags & (LOXI_SERVICE_SNAT | LOXI_SERVICE_DSR)) || (endpoint->flags & LOXI_ENDPOINT_IPV4 ? 4 : 6) != family || loxi_is_client(pkt, endpoint, family);
}

LOXI_INLINE int loxi_attempt_any(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, const struct loxi_endpoint *endpoint, __u32 other_port, const int family)
{
	bool four = endpoint->flags & LOXI_ENDPOINT_IPV4;

	if (family == 4)
		return four ? loxi_attempt_special44(pkt, service, ctl, other_port) : loxi_attempt_special46(pkt, service, ctl);
	return four ? loxi_attempt_special64(pkt, service, ctl) : loxi_attempt_special66(pkt, service, ctl, other_port);
}

/*
 * Takes the reverse key. `choice`: the first member, or with LOXI_KEPT the endpoint that the client had. Another endpoint is tried
 * first, another client port then.
 */
LOXI_INLINE int loxi_search(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, __u32 choice, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	int result = LOXI_ATTEMPT_COLLISION;
	struct loxi_endpoint *endpoint;
	bool special = false;
	__u32 index = 0;

	if (!s)
		return LOXI_ATTEMPT_FULL;
	for (__u32 i = 0; i < LOXI_ENDPOINT_ATTEMPTS; i++) {
		if (i > 0 && (i >= service->members_count || !loxi_may_change_endpoint(service)))
			break;
		if (choice & LOXI_KEPT) {
			index = choice & ~LOXI_KEPT;
			endpoint = bpf_map_lookup_elem(&endpoints, &index);
		} else {
			endpoint = loxi_member_endpoint(service, choice + i, &index);
		}
		if (!endpoint)
			return LOXI_ATTEMPT_RACE;
		s->forward.endpoint = index;
		s->reverse.endpoint = index;
		special = loxi_is_special(pkt, service, endpoint, family);
		result = loxi_attempt_any(pkt, service, ctl, endpoint, 0, family);
		if (result == LOXI_ATTEMPT_DONE && i > 0)
			loxi_count_reason(LOXI_REASON_COLLISION_RESOLVED, 0);
		if (result == LOXI_ATTEMPT_DONE || result == LOXI_ATTEMPT_FULL)
			return result;
	}
	if (special)
		return result;
	/* Other client ports then: the same one may talk to two VIPs that share an endpoint. */
	endpoint = bpf_map_lookup_elem(&endpoints, &index);
	if (endpoint)
		result = loxi_attempt_any(pkt, service, ctl, endpoint, 1, family);
	if (result == LOXI_ATTEMPT_DONE)
		loxi_count_reason(LOXI_REASON_COLLISION_RESOLVED, 0);
	return result;
}

LOXI_GLOBAL int loxi_search4(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, __u32 choice)
{
	return pkt && service && ctl ? loxi_search(pkt, service, ctl, choice, 4) : LOXI_ATTEMPT_FULL;
}

LOXI_GLOBAL int loxi_search6(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, __u32 choice)
{
	return pkt && service && ctl ? loxi_search(pkt, service, ctl, choice, 6) : LOXI_ATTEMPT_FULL;
}

/* The usual case without the search: nothing but the destination is rewritten, and the first choice is free. */
LOXI_INLINE int loxi_take_usual(const struct loxi_packet *pkt, const struct loxi_service *service, struct loxi_scratch *s, __u32 choice, const int family)
{
	struct loxi_endpoint *endpoint;
	__u32 index = 0;
	int result;

	if (!(choice & LOXI_KEPT)) {
		endpoint = loxi_member_endpoint(service, choice, &index);
		if (endpoint && !loxi_is_special(pkt, service, endpoint, family)) {
			s->forward.endpoint = index;
			s->reverse.endpoint = index;
			result = loxi_attempt(pkt, s, endpoint, family == 4 ? pkt->key4.sport : pkt->key6.sport, family);
			if (result != LOXI_ATTEMPT_COLLISION)
				return result;
			if (loxi_may_change_endpoint(service))
				choice++;
		}
	}
	s->choice = choice;
	return LOXI_ATTEMPT_SEARCH;
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

/* The reverse entry goes again, unless a connection of another node has come in its place meanwhile. */
LOXI_INLINE void loxi_give_back(struct loxi_scratch *s, const int to)
{
	struct loxi_flow *reverse = loxi_flow_lookup(&s->key, to);

	if (reverse && !(reverse->flags & LOXI_FLOW_IMPORTED))
		loxi_flow_delete(&s->key, to);
}

LOXI_INLINE void loxi_give_up(struct loxi_scratch *s, const int family)
{
	loxi_uncount(&s->forward, LOXI_EXTRA_COUNTED | LOXI_EXTRA_EMBRYO, family);
	if (s->forward.flags & LOXI_FLOW_DIRECT)
		return;
	if (s->forward.flags & LOXI_FLOW_CROSS)
		loxi_give_back(s, LOXI_OTHER_FAMILY(family));
	else
		loxi_give_back(s, family);
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

/* What may begin a connection; mid-stream packets when the service allows to pick them up. */
LOXI_INLINE bool loxi_may_start(const struct loxi_packet *pkt, const struct loxi_service *service)
{
	bool loose = service->flags & LOXI_SERVICE_LOOSE;

	if (pkt->proto == IPPROTO_TCP)
		return (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_RST)) == LOXI_TCP_SYN ||
		       (loose && (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_RST)) == LOXI_TCP_ACK);
	if (pkt->proto == IPPROTO_SCTP)
		return pkt->chunk == LOXI_SCTP_INIT || (loose && pkt->chunk != LOXI_SCTP_INIT_ACK && pkt->chunk != LOXI_SCTP_ABORT && pkt->chunk != LOXI_SCTP_SHUTDOWN_COMPLETE);
	return pkt->proto == IPPROTO_UDP || pkt->icmp == LOXI_ICMP_REQUEST;
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
		verdict = loxi_enter_group(ctx, pkt, service->vip_group, LOXI_NEW_FLOW);
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
