/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The reverse key of a new connection, which makes the pair (source, endpoint) unique: inserted only where it is free. Source addresses
 * and ports are given here: the client's own port when it lies in this node's slice, random ones, then the first free one of the slice.
 */
#ifndef LOXI_SOURCE_H
#define LOXI_SOURCE_H

#include "loxi_embryo.h"
#include "loxi_select.h"
#include "loxi_track.h"

/* 60 s, in ticks of last_seen: how long an endpoint may keep the ports of a connection that it closed (RFC 9293 3.6.1, TIME-WAIT). */
#define LOXI_TIME_WAIT_TICKS 3577
#define LOXI_EEXIST 17
/* Addresses of a pool that are tried for one connection, and while ports are known to be short. */
#define LOXI_SOURCE_ATTEMPTS 16
#define LOXI_EXHAUSTED_ATTEMPTS 2
/* Ports that are tried with an address: the client's own and random ones. */
#define LOXI_PORT_ATTEMPTS (1 + LOXI_SOURCE_PORT_ATTEMPTS)
/* The whole slice of one node that shares its ports with no other, or several smaller ones. */
#define LOXI_SCAN_STEPS 64512

enum loxi_attempt {
	LOXI_ATTEMPT_DONE = 0,
	LOXI_ATTEMPT_COLLISION = 1,
	LOXI_ATTEMPT_FULL = 2,
	LOXI_ATTEMPT_NO_SOURCE = 3,
	LOXI_ATTEMPT_EXHAUSTED = 4,
	LOXI_ATTEMPT_RACE = 5, /* the service has just been changed */
	LOXI_ATTEMPT_SEARCH = 6, /* the usual case it is not */
	LOXI_ATTEMPT_NO_ENDPOINT = 7,
};

/*
 * The reverse key is taken. A connection that was reset makes room at once; one that was closed in order only when the endpoint has
 * forgotten it: clients number segments and timestamps by destination, so a SYN for another VIP would look old to a TIME-WAIT socket.
 */
LOXI_INLINE bool loxi_make_room(struct loxi_scratch *s, __u8 proto, const int family)
{
	const union loxi_flow_key *key = &s->key;
	struct loxi_flow *other = loxi_flow_lookup(key, family);
	__u64 version;

	if (!other || !loxi_is_closed(other->state))
		return false;
	if (other->state == LOXI_STATE_CLOSING && loxi_tick() - other->last_seen < LOXI_TIME_WAIT_TICKS)
		return false;
	version = other->version;
	if (!loxi_flow_remove(key, other, proto, family))
		return false;
	/* Who has it from an export must not take the old one for the newer. */
	if (s->reverse.version <= version) {
		s->reverse.version = version + 1;
		s->forward.version = version + 1;
	}
	loxi_count_reason(LOXI_REASON_FLOW_REPLACED, 0);
	return true;
}

/* Inserts scratch.reverse under scratch.key into the table of `to`. A table that is full loses its oldest connection in the making first. */
LOXI_INLINE int loxi_take_key(struct loxi_scratch *s, __u8 proto, const int to)
{
	int error = loxi_flow_insert(&s->key, &s->reverse, to);

	if (error == -LOXI_EEXIST && loxi_make_room(s, proto, to))
		error = loxi_flow_insert(&s->key, &s->reverse, to);
	s->full = to;
	return !error ? LOXI_ATTEMPT_DONE : error == -LOXI_EEXIST ? LOXI_ATTEMPT_COLLISION : LOXI_ATTEMPT_FULL;
}

LOXI_INLINE void loxi_put_source(struct loxi_flow *flow, const __u8 *addr, const int to)
{
	if (to == 4)
		flow->xsaddr4 = ((const __u32 *)addr)[3];
	else
		__builtin_memcpy(flow->xsaddr6, addr, 16);
}

/* The address of the pool whose turn it is. A client keeps to one while that has ports (RFC 4787 REQ-2: paired). */
LOXI_INLINE bool loxi_take_address(struct loxi_scratch *s, __u32 turn, const int to)
{
	struct loxi_port_search *search = &s->ports;
	struct loxi_source *source;
	__u32 at;

	if (!search->addresses)
		return true;
	at = search->base + (search->paired + turn) % search->addresses;
	source = bpf_map_lookup_elem(&sources, &at);
	if (!source)
		return false;
	loxi_put_source(&s->forward, source->addr, to);
	return true;
}

/* The client's own port, then random ones. Returns 0 for one that is not of the slice. */
LOXI_INLINE __u32 loxi_some_port(const struct loxi_port_search *search, __u32 attempt)
{
	if (attempt)
		return search->first + bpf_get_prandom_u32() % search->count;
	return search->own - search->first < search->count ? search->own : 0;
}

/*
 * A few ports of the address that is the client's; then, when that search is made, every port of whole slices, beginning with that address;
 * then a few ports of each other address. Of whole slices nearly all are taken when it comes to this: it looks before it inserts.
 */
LOXI_INLINE long loxi_port_step(__u32 step, const int to)
{
	struct loxi_scratch *s = loxi_scratch();
	__u32 turn = 0, port, place = step - LOXI_PORT_ATTEMPTS;
	bool look = false;
	struct loxi_flow *other;

	if (!s || !s->ports.count)
		return 1;
	if (step < LOXI_PORT_ATTEMPTS) {
		port = loxi_some_port(&s->ports, step);
	} else if (place < s->ports.scan) {
		look = true;
		turn = s->ports.turn + place / s->ports.count;
		port = s->ports.first + (s->ports.start + place) % s->ports.count;
	} else {
		place -= s->ports.scan;
		turn = 1 + place / LOXI_PORT_ATTEMPTS;
		port = loxi_some_port(&s->ports, place % LOXI_PORT_ATTEMPTS);
	}
	if (!port)
		return 0;
	if (!loxi_take_address(s, turn, to))
		return 1;
	s->forward.xsport = bpf_htons(port);
	loxi_answer_key(&s->forward, s->ports.proto, &s->key, to);
	if (look) {
		other = loxi_flow_lookup(&s->key, to);
		if (other && !loxi_is_closed(other->state))
			return 0;
	}
	s->ports.result = loxi_take_key(s, s->ports.proto, to);
	return s->ports.result != LOXI_ATTEMPT_COLLISION;
}

static long loxi_port_step4(__u32 step, void *unused)
{
	return loxi_port_step(step, 4);
}

static long loxi_port_step6(__u32 step, void *unused)
{
	return loxi_port_step(step, 6);
}

/* A port for scratch.forward's endpoint, as scratch.ports says. */
LOXI_INLINE int loxi_take_port(struct loxi_scratch *s, __u32 addresses, const int to)
{
	__u32 steps = addresses * LOXI_PORT_ATTEMPTS + s->ports.scan;

	s->ports.result = LOXI_ATTEMPT_COLLISION;
	if (to == 4)
		bpf_loop(steps, loxi_port_step4, 0, 0);
	else
		bpf_loop(steps, loxi_port_step6, 0, 0);
	return s->ports.result;
}

/*
 * Whole slices are searched by one packet once, and after a search that found none by one CPU once in a while: it takes milliseconds. As
 * many as make LOXI_SCAN_STEPS together; after one that found none it begins with any address.
 */
LOXI_INLINE void loxi_plan_scan(struct loxi_scratch *s, struct loxi_endpoint_load *load, __u32 addresses, __u32 tick)
{
	__u32 exhausted = load->exhausted, slices;

	s->ports.scan = 0;
	if (s->ports.scanned || !s->ports.count)
		return;
	if (exhausted && (tick - exhausted < LOXI_EXHAUSTED_TICKS || __sync_val_compare_and_swap(&load->exhausted, exhausted, tick) != exhausted))
		return;
	slices = LOXI_SCAN_STEPS / s->ports.count;
	if (slices > addresses)
		slices = addresses;
	s->ports.scan = slices * s->ports.count;
	s->ports.start = bpf_get_prandom_u32() & 0xffff;
	s->ports.turn = exhausted ? bpf_get_prandom_u32() & 0xffff : 0;
	s->ports.scanned = 1;
}

/* `to`: family of the endpoint. */
LOXI_INLINE void loxi_begin_ports(const struct loxi_packet *pkt, const struct loxi_control *ctl, struct loxi_scratch *s, const int family, const int to)
{
	s->ports.first = ctl->port_first;
	s->ports.count = ctl->port_count;
	s->ports.own = bpf_ntohs(family == 4 ? pkt->key4.sport : pkt->key6.sport);
	s->ports.proto = to == family ? pkt->proto : loxi_cross_proto(pkt->proto);
	s->ports.addresses = 0;
}

/* As scratch.ports says. While a search that found none is remembered, packets for which there is no port stay cheap: few addresses are tried. */
LOXI_INLINE int loxi_search_port(struct loxi_scratch *s, struct loxi_endpoint_load *load, const int to)
{
	__u32 tick = loxi_tick() | 1, addresses = s->ports.addresses ? s->ports.addresses : 1;
	int result;

	loxi_plan_scan(s, load, addresses, tick);
	if (addresses > LOXI_SOURCE_ATTEMPTS)
		addresses = LOXI_SOURCE_ATTEMPTS;
	if (load->exhausted && !s->ports.scan && addresses > LOXI_EXHAUSTED_ATTEMPTS)
		addresses = LOXI_EXHAUSTED_ATTEMPTS;
	result = loxi_take_port(s, addresses, to);
	if (s->ports.scan && result == LOXI_ATTEMPT_COLLISION)
		load->exhausted = tick;
	else if (load->exhausted && result == LOXI_ATTEMPT_DONE)
		load->exhausted = 0;
	return result == LOXI_ATTEMPT_COLLISION ? LOXI_ATTEMPT_EXHAUSTED : result;
}

/* A source address and port towards the endpoint in scratch.forward, which is of the family `to`. */
LOXI_INLINE int loxi_take_source(const struct loxi_packet *pkt, const struct loxi_control *ctl, struct loxi_scratch *s, const struct loxi_endpoint *endpoint, struct loxi_endpoint_load *load, const int family, const int to)
{
	if (!endpoint->sources_count)
		return LOXI_ATTEMPT_NO_SOURCE;
	loxi_begin_ports(pkt, ctl, s, family, to);
	s->ports.base = endpoint->sources_base;
	s->ports.addresses = endpoint->sources_count;
	s->ports.paired = loxi_client_hash(pkt, ctl->hash_seed, family) % endpoint->sources_count;
	return loxi_search_port(s, load, to);
}

/* Hairpin: the client is the endpoint, which would drop a packet from itself. The VIP stands for the client (RFC 4787 REQ-9). */
LOXI_INLINE int loxi_take_hairpin(const struct loxi_packet *pkt, const struct loxi_control *ctl, struct loxi_scratch *s, struct loxi_endpoint_load *load, const int family)
{
	if (family == 4)
		s->forward.xsaddr4 = pkt->key4.daddr;
	else
		__builtin_memcpy(s->forward.xsaddr6, pkt->key6.daddr, 16);
	loxi_begin_ports(pkt, ctl, s, family, family);
	return loxi_search_port(s, load, family);
}

#endif
