/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An endpoint for a connection, and its reverse key: the first choice where that key is free, else another endpoint, another client port, a
 * source address. Of direct server return there is no reverse key, only where the tunnel would go.
 */
#ifndef LOXI_ATTEMPT_H
#define LOXI_ATTEMPT_H

#include "loxi_source.h"

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

#endif
