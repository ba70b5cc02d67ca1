/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Later fragments carry no ports: the first fragment leaves them in a table, under addresses and identification, and the protocol in IPv4. */
#ifndef LOXI_FRAGMENT_H
#define LOXI_FRAGMENT_H

#include "loxi_count.h"

LOXI_INLINE void loxi_fragment_key_of(const struct loxi_packet *pkt, struct loxi_fragment_key *key)
{
	__builtin_memset(key, 0, sizeof(*key));
	loxi_packet_addresses(pkt, key->saddr, key->daddr);
	key->id = pkt->fragment_id;
	key->proto = pkt->family == 4 ? pkt->proto : 0;
}

/* Whether the packet goes to a VIP, which may be every address of the node, or comes from an endpoint. */
LOXI_GLOBAL int loxi_concerns_service(const struct loxi_packet *pkt)
{
	struct loxi_address_key saddr, daddr;
	struct loxi_address *address;
	__u32 zero = 0, vip = LOXI_ADDRESS_VIP;
	struct loxi_control *ctl = bpf_map_lookup_elem(&control, &zero);

	if (!pkt || !ctl)
		return 0;
	if (ctl->flags & LOXI_CONTROL_HOST)
		vip |= LOXI_ADDRESS_LOCAL;
	loxi_packet_addresses(pkt, saddr.addr, daddr.addr);
	address = bpf_map_lookup_elem(&addresses, &daddr);
	if (address && (address->flags & vip))
		return 1;
	address = bpf_map_lookup_elem(&addresses, &saddr);
	return address && (address->flags & LOXI_ADDRESS_ENDPOINT);
}

/* The first fragment: leaves its ports for the others and tells user space, which may hold some of them. */
LOXI_GLOBAL int loxi_open_fragment(const struct loxi_packet *pkt, __u32 pass)
{
	struct loxi_fragment_key key;
	struct loxi_fragment value = {};

	if (!pkt)
		return 0;
	loxi_fragment_key_of(pkt, &key);
	value.sport = pkt->family == 4 ? pkt->key4.sport : pkt->key6.sport;
	value.dport = pkt->family == 4 ? pkt->key4.dport : pkt->key6.dport;
	value.pass = pass;
	value.proto = pkt->proto;
	value.tick = loxi_tick();
	if (bpf_map_update_elem(&fragments, &key, &value, BPF_ANY))
		return 0;
	loxi_emit(pkt, LOXI_EVENT_FRAGMENT_READY, pass, 0, 0);
	return 0;
}

/* 30 s, in ticks: how long receivers keep fragments (net.ipv4.ipfrag_time). Later the identification may stand for another datagram. */
#define LOXI_FRAGMENT_TICKS 1788

enum loxi_later_fragment {
	LOXI_LATER_KNOWN = 0,
	LOXI_LATER_PASS = 1,
	LOXI_LATER_HOLD = 2,
};

/* A later fragment: gets the ports of the first one. Unknown ones that concern no service are the kernel's. */
LOXI_GLOBAL int loxi_join_fragment(struct loxi_packet *pkt)
{
	struct loxi_fragment_key key;
	struct loxi_fragment *value;

	if (!pkt)
		return LOXI_LATER_PASS;
	loxi_fragment_key_of(pkt, &key);
	value = bpf_map_lookup_elem(&fragments, &key);
	if (!value || loxi_tick() - value->tick > LOXI_FRAGMENT_TICKS)
		return loxi_concerns_service(pkt) ? LOXI_LATER_HOLD : LOXI_LATER_PASS;
	if (value->pass)
		return LOXI_LATER_PASS;
	/* RFC 8200 4.5: only the first fragment says what the datagram carries. */
	pkt->proto = value->proto;
	if (pkt->family == 6)
		pkt->key6.proto = value->proto;
	loxi_set_ports(pkt, value->sport, value->dport);
	return LOXI_LATER_KNOWN;
}

#endif
