/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Counters by reason, endpoint and service; what is told to user space by the two rings. */
#ifndef LOXI_COUNT_H
#define LOXI_COUNT_H

#include "loxi_maps.h"

LOXI_INLINE __u32 loxi_tick(void)
{
	return bpf_ktime_get_coarse_ns() >> LOXI_TICK_SHIFT;
}

LOXI_INLINE void loxi_count_reason(__u32 reason, __u32 bytes)
{
	struct loxi_reason_stats *stats = bpf_map_lookup_elem(&reason_stats, &reason);

	if (stats) {
		stats->packets++;
		stats->bytes += bytes;
	}
}

LOXI_INLINE int loxi_pass(__u32 reason, __u32 bytes)
{
	loxi_count_reason(reason, bytes);
	return LOXI_VERDICT_PASS;
}

LOXI_INLINE int loxi_drop(__u32 reason, __u32 bytes)
{
	loxi_count_reason(reason, bytes);
	return LOXI_VERDICT_DROP;
}

LOXI_INLINE void loxi_count_flow(__u32 endpoint, __u32 service)
{
	struct loxi_endpoint_stats *e = bpf_map_lookup_elem(&endpoint_stats, &endpoint);
	struct loxi_service_stats *s = bpf_map_lookup_elem(&service_stats, &service);

	if (e)
		e->flows++;
	if (s)
		s->flows++;
}

LOXI_INLINE void loxi_count_refused(__u32 service)
{
	struct loxi_service_stats *s = bpf_map_lookup_elem(&service_stats, &service);

	if (s)
		s->refused++;
}

LOXI_INLINE void loxi_map_address(__u8 *to, __be32 addr)
{
	__u32 *w = (__u32 *)to;

	w[0] = 0;
	w[1] = 0;
	w[2] = bpf_htonl(0xffff);
	w[3] = addr;
}

LOXI_INLINE void loxi_packet_addresses(const struct loxi_packet *pkt, __u8 *saddr, __u8 *daddr)
{
	if (pkt->family == 4) {
		loxi_map_address(saddr, pkt->key4.saddr);
		loxi_map_address(daddr, pkt->key4.daddr);
	} else {
		__builtin_memcpy(saddr, pkt->key6.saddr, 16);
		__builtin_memcpy(daddr, pkt->key6.daddr, 16);
	}
}

/* Of a fragment or a neighbour. */
LOXI_GLOBAL int loxi_emit(const struct loxi_packet *pkt, __u32 type, __u32 state, __u32 endpoint, __u32 ifindex)
{
	struct loxi_event *event;

	if (!pkt)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		loxi_count_reason(LOXI_REASON_EVENT_LOST, 0);
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	loxi_packet_addresses(pkt, event->saddr, event->daddr);
	event->sport = pkt->family == 4 ? pkt->key4.sport : pkt->key6.sport;
	event->dport = pkt->family == 4 ? pkt->key4.dport : pkt->key6.dport;
	event->proto = pkt->proto;
	event->type = type;
	event->family = pkt->family;
	event->state = state;
	event->endpoint = endpoint;
	event->ifindex = ifindex;
	event->id = pkt->fragment_id;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* A few per tick, reason and CPU: a flood of refusals shall not fill the ring, nor make the node a reflector. */
LOXI_INLINE bool loxi_may_punt(__u32 reason)
{
	struct loxi_punt_limit *limit = bpf_map_lookup_elem(&punt_limits, &reason);
	__u32 tick = loxi_tick();

	if (!limit)
		return false;
	if (limit->tick != tick) {
		limit->tick = tick;
		limit->count = 0;
	}
	return limit->count++ < LOXI_PUNT_BURST;
}

#define LOXI_PUNT(NAME, ROOM)                                                                         \
	LOXI_GLOBAL int NAME(loxi_ctx *ctx, const struct loxi_packet *pkt, __u32 reason, __u32 service, __u32 mtu) \
	{                                                                                             \
		__u32 length = loxi_frame_length(ctx), captured = length;                             \
		struct {                                                                              \
			struct loxi_punt head;                                                        \
			__u8 data[ROOM];                                                              \
		} *record;                                                                            \
                                                                                                      \
		if (!pkt)                                                                             \
			return LOXI_VERDICT_DROP;                                                     \
		loxi_count_reason(reason, length);                                                    \
		if (!loxi_may_punt(reason)) {                                                         \
			loxi_count_reason(LOXI_REASON_PUNT_SUPPRESSED, length);                       \
			return LOXI_VERDICT_DROP;                                                     \
		}                                                                                     \
		record = bpf_ringbuf_reserve(&punts, sizeof(*record), 0);                             \
		if (!record) {                                                                        \
			loxi_count_reason(LOXI_REASON_PUNT_LOST, length);                             \
			return LOXI_VERDICT_DROP;                                                     \
		}                                                                                     \
		if (captured > (ROOM))                                                                \
			captured = (ROOM);                                                            \
		record->head.time = bpf_ktime_get_ns();                                               \
		record->head.ifindex = loxi_interface(ctx);                                           \
		record->head.length = length;                                                         \
		record->head.reason = reason;                                                         \
		record->head.mtu = mtu;                                                               \
		record->head.vlan[0] = pkt->tags > pkt->tags_inline ? pkt->vlan[0] : 0;               \
		record->head.vlan[1] = 0;                                                             \
		record->head.service = service;                                                       \
		record->head.flags = LOXI_IS_EGRESS ? LOXI_PUNT_EGRESS : 0;                           \
		record->head.pad = 0;                                                                 \
		/* Two checks that the compiler cannot make one: before Linux 6.8 "not 0" does not bound a length from below. */ \
		LOXI_BOUND(captured, 0x3fff);                                                         \
		if (captured < ETH_HLEN)                                                              \
			goto discard;                                                                 \
		asm volatile("" : "+r"(captured));                                                    \
		if (captured > (ROOM) || loxi_load_bytes(ctx, 0, record->data, captured))             \
			goto discard;                                                                 \
		record->head.captured = captured;                                                     \
		bpf_ringbuf_submit(record, 0);                                                        \
		return LOXI_VERDICT_DROP;                                                             \
	discard:                                                                                      \
		bpf_ringbuf_discard(record, 0);                                                       \
		return LOXI_VERDICT_DROP;                                                             \
	}

/* The head of a packet that is refused: user space answers with RST or ICMP, rate-limited by source. */
LOXI_PUNT(loxi_refuse, LOXI_PUNT_HEAD)
/* A whole later fragment that came before its first one. */
LOXI_PUNT(loxi_hold, LOXI_PUNT_WHOLE)

#endif
