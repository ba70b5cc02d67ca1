/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The first packet of a connection: choose an endpoint, insert both directions, reverse first. */
#ifndef LOXI_CONNECT_H
#define LOXI_CONNECT_H

#include "loxi_fragment.h"
#include "loxi_select.h"
#include "loxi_track.h"

LOXI_INLINE void loxi_fill_forward(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_endpoint *endpoint, __be16 client_port, const int family)
{
	bool echo = pkt->icmp == LOXI_ICMP_REQUEST;

	if (family == 4) {
		flow->xsaddr4 = pkt->key4.saddr;
		flow->xdaddr4 = ((const __u32 *)endpoint->addr)[3];
	} else {
		__builtin_memcpy(flow->xsaddr6, pkt->key6.saddr, 16);
		__builtin_memcpy(flow->xdaddr6, endpoint->addr, 16);
	}
	flow->xsport = client_port;
	flow->xdport = echo ? 0 : endpoint->port;
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

LOXI_INLINE void loxi_start(struct loxi_flow *flow, const struct loxi_service *service, const struct loxi_control *ctl, __u32 tick, __u8 state, __u16 flags)
{
	__builtin_memset(flow, 0, sizeof(*flow));
	flow->last_seen = tick;
	flow->state = state;
	flow->flags = flags;
	flow->vip_group = service->vip_group;
	flow->version = ctl->version_base + 1;
	flow->rule_generation = ctl->rule_generation;
}

/* 60 s, in ticks of last_seen: how long an endpoint may keep the ports of a connection that it closed (RFC 9293 3.6.1, TIME-WAIT). */
#define LOXI_TIME_WAIT_TICKS 3577

/*
 * The reverse key is taken. A connection that was reset makes room at once; one that was closed in order only when the endpoint has
 * forgotten it: clients number segments and timestamps by destination, so a SYN for another VIP would look old to a TIME-WAIT socket.
 */
LOXI_INLINE bool loxi_make_room(const union loxi_flow_key *key, __u8 proto, const int family)
{
	struct loxi_flow *other = loxi_flow_lookup(key, family);

	if (!other || !loxi_is_closed(other->state))
		return false;
	if (other->state == LOXI_STATE_CLOSING && loxi_tick() - other->last_seen < LOXI_TIME_WAIT_TICKS)
		return false;
	loxi_flow_remove(key, other, proto, family);
	loxi_count_reason(LOXI_REASON_FLOW_REPLACED, 0);
	return true;
}

#define LOXI_EEXIST 17
/* Beside the verdicts: the packet's connection is in the table now. */
#define LOXI_CONNECTED 256

enum loxi_attempt {
	LOXI_ATTEMPT_DONE = 0,
	LOXI_ATTEMPT_COLLISION = 1,
	LOXI_ATTEMPT_FULL = 2,
};

/* Takes the reverse key for one choice of endpoint and client port. */
LOXI_INLINE int loxi_attempt(const struct loxi_packet *pkt, struct loxi_scratch *s, const struct loxi_endpoint *endpoint, __u32 index, __be16 client_port, const int family)
{
	int error;

	s->forward.endpoint = index;
	s->reverse.endpoint = index;
	loxi_fill_forward(pkt, &s->forward, endpoint, client_port, family);
	loxi_sibling_key(&s->forward, pkt->proto, &s->key, family);
	error = loxi_flow_insert(&s->key, &s->reverse, family);
	if (error == -LOXI_EEXIST && loxi_make_room(&s->key, pkt->proto, family))
		error = loxi_flow_insert(&s->key, &s->reverse, family);
	return !error ? LOXI_ATTEMPT_DONE : error == -LOXI_EEXIST ? LOXI_ATTEMPT_COLLISION : LOXI_ATTEMPT_FULL;
}

struct loxi_search {
	const struct loxi_packet *pkt;
	struct loxi_scratch *scratch;
	const struct loxi_service *service;
	__u32 first;
	int result; /* enum loxi_attempt */
};

/* Another endpoint first, another client port then: the same client port may talk to two VIPs that share an endpoint. */
LOXI_INLINE long loxi_search_step(__u32 step, struct loxi_search *search, const int family)
{
	__be16 port = family == 4 ? search->pkt->key4.sport : search->pkt->key6.sport;
	bool other_port = step >= LOXI_ENDPOINT_ATTEMPTS;
	struct loxi_endpoint *endpoint;
	__u32 index = 0;

	if (!other_port && step >= search->service->members_count)
		return 0;
	endpoint = loxi_member_endpoint(search->service, search->first + (other_port ? 0 : step), &index);
	if (!endpoint)
		return 1;
	if (other_port)
		port = bpf_htons(1024 + bpf_get_prandom_u32() % (65536 - 1024));
	search->result = loxi_attempt(search->pkt, search->scratch, endpoint, index, port, family);
	if (step > 0 && search->result == LOXI_ATTEMPT_DONE)
		loxi_count_reason(LOXI_REASON_COLLISION_RESOLVED, 0);
	return search->result != LOXI_ATTEMPT_COLLISION;
}

static long loxi_search_step4(__u32 step, struct loxi_search *search)
{
	return loxi_search_step(step, search, 4);
}

static long loxi_search_step6(__u32 step, struct loxi_search *search)
{
	return loxi_search_step(step, search, 6);
}

LOXI_INLINE int loxi_take_reverse(struct loxi_search *search, const int family)
{
	/* The usual case without the call: the first choice is free. */
	if (loxi_search_step(0, search, family))
		return search->result;
	if (family == 4)
		bpf_loop(LOXI_ENDPOINT_ATTEMPTS + LOXI_PORT_ATTEMPTS, loxi_search_step4, search, 0);
	else
		bpf_loop(LOXI_ENDPOINT_ATTEMPTS + LOXI_PORT_ATTEMPTS, loxi_search_step6, search, 0);
	return search->result;
}

LOXI_INLINE __u8 loxi_first_state(const struct loxi_packet *pkt)
{
	if (pkt->proto != IPPROTO_TCP)
		return LOXI_STATE_ONE_WAY;
	return (pkt->tcp_flags & LOXI_TCP_SYN) ? LOXI_STATE_SYN_SENT : LOXI_STATE_ESTABLISHED;
}

/* Inserts both directions; returns LOXI_REASON_NONE or why the connection is refused. */
LOXI_INLINE int loxi_connect(const struct loxi_packet *pkt, const struct loxi_service *service, const struct loxi_control *ctl, const int family)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_search search = { .pkt = pkt, .scratch = s, .service = service, .result = LOXI_ATTEMPT_COLLISION };
	__u8 state, loose;
	__u32 tick;
	int error;

	if (!s)
		return LOXI_REASON_DROP_INTERNAL;
	if (!service->members_count)
		return LOXI_REASON_REFUSED_NO_ENDPOINT;
	state = loxi_first_state(pkt);
	loose = state == LOXI_STATE_ESTABLISHED ? LOXI_FLOW_LOOSE : 0;
	tick = loxi_tick();
	loxi_start(&s->forward, service, ctl, tick, state, loose);
	loxi_start(&s->reverse, service, ctl, tick, state, loose | LOXI_FLOW_REVERSE);
	loxi_fill_reverse(pkt, &s->reverse, family);
	search.first = loxi_first_member(pkt, service, ctl->hash_seed, family);
	if (loxi_take_reverse(&search, family) != LOXI_ATTEMPT_DONE)
		return search.result == LOXI_ATTEMPT_FULL ? LOXI_REASON_REFUSED_TABLE_FULL : LOXI_REASON_REFUSED_COLLISION;
	/* Not `pkt`, although it is the same place: before Linux 6.4 a key may not be behind the argument of a global function. */
	error = loxi_flow_insert(&s->packet.key4, &s->forward, family);
	if (error) {
		loxi_flow_delete(&s->key, family);
		return error == -LOXI_EEXIST ? LOXI_REASON_DROP_RACE : LOXI_REASON_REFUSED_TABLE_FULL;
	}
	loxi_count_flow(s->forward.endpoint, service->id);
	return LOXI_REASON_NONE;
}

/* TCP that is not a SYN and has no entry: the service says whether it may be picked up. */
LOXI_INLINE bool loxi_may_start(const struct loxi_packet *pkt, const struct loxi_service *service)
{
	if (pkt->proto == IPPROTO_TCP)
		return (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_RST)) == LOXI_TCP_SYN ||
		       ((service->flags & LOXI_SERVICE_LOOSE) && (pkt->tcp_flags & (LOXI_TCP_SYN | LOXI_TCP_ACK | LOXI_TCP_RST)) == LOXI_TCP_ACK);
	return pkt->proto == IPPROTO_UDP || pkt->icmp == LOXI_ICMP_REQUEST;
}

/* A packet without an entry: verdict, or LOXI_CONNECTED when there is one now. */
LOXI_INLINE int loxi_new(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_control *ctl, const int family)
{
	struct loxi_service *service = loxi_find_service(pkt, family);
	__u32 reason;

	if (!service) {
		if (pkt->fragment == LOXI_FIRST_FRAGMENT && loxi_concerns_service(pkt))
			loxi_open_fragment(pkt, 1);
		return loxi_pass(LOXI_REASON_PASS_NO_SERVICE, pkt->length);
	}
	if (!loxi_may_start(pkt, service))
		reason = LOXI_REASON_REFUSED_NOT_SYN;
	else if (pkt->ttl <= 1)
		reason = LOXI_REASON_REFUSED_TTL;
	else
		reason = loxi_connect(pkt, service, ctl, family);
	if (reason == LOXI_REASON_NONE)
		return LOXI_CONNECTED;
	if (reason == LOXI_REASON_DROP_RACE || reason == LOXI_REASON_DROP_INTERNAL)
		return loxi_drop(reason, pkt->length);
	loxi_count_refused(service->id);
	return loxi_refuse(ctx, pkt, reason, service->id, 0);
}

LOXI_GLOBAL int loxi_new4(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_new(ctx, pkt, ctl, 4) : LOXI_VERDICT_DROP;
}

LOXI_GLOBAL int loxi_new6(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_control *ctl)
{
	return pkt && ctl ? loxi_new(ctx, pkt, ctl, 6) : LOXI_VERDICT_DROP;
}

#endif
