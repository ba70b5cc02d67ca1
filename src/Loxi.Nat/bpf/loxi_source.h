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
/* Addresses of a pool that are tried for one connection. */
#define LOXI_SOURCE_ATTEMPTS 16

enum loxi_attempt {
	LOXI_ATTEMPT_DONE = 0,
	LOXI_ATTEMPT_COLLISION = 1,
	LOXI_ATTEMPT_FULL = 2,
	LOXI_ATTEMPT_NO_SOURCE = 3,
	LOXI_ATTEMPT_EXHAUSTED = 4,
};

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

/* Inserts scratch.reverse under scratch.key into the table of `to`. A table that is full loses its oldest connection in the making first. */
LOXI_INLINE int loxi_take_key(struct loxi_scratch *s, __u8 proto, const int to)
{
	int error = loxi_flow_insert(&s->key, &s->reverse, to);

	if (error == -LOXI_EEXIST && loxi_make_room(&s->key, proto, to))
		error = loxi_flow_insert(&s->key, &s->reverse, to);
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

/* The client's own port, then random ones, with each address. */
LOXI_INLINE long loxi_port_step(__u32 step, const int to)
{
	__u32 turn = step / (1 + LOXI_SOURCE_PORT_ATTEMPTS), port;
	struct loxi_scratch *s = loxi_scratch();

	if (!s || !s->ports.count || !loxi_take_address(s, turn, to))
		return 1;
	port = s->ports.own;
	if (step % (1 + LOXI_SOURCE_PORT_ATTEMPTS))
		port = s->ports.first + bpf_get_prandom_u32() % s->ports.count;
	else if (port - s->ports.first >= s->ports.count)
		return 0;
	s->forward.xsport = bpf_htons(port);
	loxi_answer_key(&s->forward, s->ports.proto, &s->key, to);
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

/* Every port of the slice with each address. Looks before it inserts: nearly all are taken when it comes to this. */
LOXI_INLINE long loxi_scan_step(__u32 step, const int to)
{
	struct loxi_scratch *s = loxi_scratch();
	struct loxi_flow *other;
	__u32 port;

	if (!s || !s->ports.count || !loxi_take_address(s, step / s->ports.count, to))
		return 1;
	port = s->ports.first + (s->ports.start + step) % s->ports.count;
	s->forward.xsport = bpf_htons(port);
	loxi_answer_key(&s->forward, s->ports.proto, &s->key, to);
	other = loxi_flow_lookup(&s->key, to);
	if (other && !loxi_is_closed(other->state))
		return 0;
	s->ports.result = loxi_take_key(s, s->ports.proto, to);
	return s->ports.result != LOXI_ATTEMPT_COLLISION;
}

static long loxi_scan_step4(__u32 step, void *unused)
{
	return loxi_scan_step(step, 4);
}

static long loxi_scan_step6(__u32 step, void *unused)
{
	return loxi_scan_step(step, 6);
}

/* A port for scratch.forward's endpoint, as scratch.ports says. `scan`: also by looking at all of them. */
LOXI_INLINE int loxi_take_port(struct loxi_scratch *s, bool scan, const int to)
{
	__u32 addresses = s->ports.addresses ? s->ports.addresses : 1;

	s->ports.result = LOXI_ATTEMPT_COLLISION;
	if (addresses > LOXI_SOURCE_ATTEMPTS)
		addresses = LOXI_SOURCE_ATTEMPTS;
	if (to == 4)
		bpf_loop(addresses * (1 + LOXI_SOURCE_PORT_ATTEMPTS), loxi_port_step4, 0, 0);
	else
		bpf_loop(addresses * (1 + LOXI_SOURCE_PORT_ATTEMPTS), loxi_port_step6, 0, 0);
	if (s->ports.result != LOXI_ATTEMPT_COLLISION || !scan)
		return s->ports.result;
	s->ports.start = bpf_get_prandom_u32() & 0xffff;
	if (to == 4)
		bpf_loop(addresses * s->ports.count, loxi_scan_step4, 0, 0);
	else
		bpf_loop(addresses * s->ports.count, loxi_scan_step6, 0, 0);
	return s->ports.result;
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

/* As scratch.ports says. A whole search that finds nothing is remembered for a while, so that packets for which there is no port stay cheap. */
LOXI_INLINE int loxi_search_port(struct loxi_scratch *s, struct loxi_endpoint_load *load, const int to)
{
	__u32 tick = loxi_tick();
	bool scan = !load->exhausted || tick - load->exhausted >= LOXI_EXHAUSTED_TICKS;
	int result = loxi_take_port(s, scan, to);

	if (result != LOXI_ATTEMPT_COLLISION)
		return result;
	if (scan)
		load->exhausted = tick ? tick : 1;
	return LOXI_ATTEMPT_EXHAUSTED;
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
