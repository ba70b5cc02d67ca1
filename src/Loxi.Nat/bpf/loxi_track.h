/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Connection states: TCP (RFC 9293, RST plausibility after RFC 5961), UDP and ICMP queries. */
#ifndef LOXI_TRACK_H
#define LOXI_TRACK_H

#include "loxi_flow.h"

/* The largest window that TCP can have (RFC 7323): a RST further away cannot belong to the connection. */
#define LOXI_MAX_WINDOW (65535u << 14)

LOXI_INLINE bool loxi_is_open(__u8 state)
{
	return state == LOXI_STATE_ESTABLISHED || state == LOXI_STATE_TWO_WAY;
}

LOXI_INLINE bool loxi_is_closed(__u8 state)
{
	return state == LOXI_STATE_CLOSING || state == LOXI_STATE_RESET;
}

LOXI_INLINE void loxi_set_state(struct loxi_flow *flow, struct loxi_flow *sibling, __u8 state)
{
	flow->state = state;
	flow->version++;
	if (sibling) {
		sibling->state = state;
		sibling->version = flow->version;
	}
}

LOXI_INLINE void loxi_tell(const struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 type, const struct loxi_control *ctl)
{
	if (ctl->flags & LOXI_CONTROL_FLOW_EVENTS)
		loxi_emit(pkt, type, flow->state, flow->endpoint, 0);
}

/*
 * RFC 5961 3.2: a RST that hits the next sequence number closes; one that is merely inside the window may be a guess,
 * so it goes through (the endpoint answers with a challenge ACK) without any effect on the entry.
 */
LOXI_INLINE bool loxi_rst_closes(const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_flow *sibling)
{
	if (flow->state == LOXI_STATE_SYN_SENT || !(flow->flags & LOXI_FLOW_SEQ_VALID))
		return sibling != 0;
	return pkt->seq == flow->seq_next || pkt->seq_end == flow->seq_next;
}

/* Returns false when the packet must be dropped. Called for SYN, FIN, RST and whatever is not yet, or no longer, established. */
LOXI_GLOBAL int loxi_track_tcp(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	struct loxi_flow *sibling;
	__u8 flags, state;

	if (!pkt || !flow || !ctl)
		return false;
	flags = pkt->tcp_flags;
	state = flow->state;
	/* The usual first packet changes nothing: no need to look for the other direction. */
	if ((flags & (LOXI_TCP_SYN | LOXI_TCP_RST)) == LOXI_TCP_SYN && !(flow->flags & LOXI_FLOW_REVERSE))
		return true;
	sibling = pkt->family == 4 ? loxi_sibling(flow, IPPROTO_TCP, 4) : loxi_sibling(flow, IPPROTO_TCP, 6);
	if (flags & LOXI_TCP_RST) {
		/* Before there is an answer a RST may come from anywhere: so a client ends what a stale socket of the endpoint says to its SYN. */
		if (state != LOXI_STATE_SYN_SENT && (flow->flags & LOXI_FLOW_SEQ_VALID) && pkt->seq - flow->seq_next + LOXI_MAX_WINDOW > 2 * LOXI_MAX_WINDOW)
			return false;
		if (!loxi_is_closed(state) && loxi_rst_closes(pkt, flow, sibling)) {
			loxi_set_state(flow, sibling, LOXI_STATE_RESET);
			loxi_tell(pkt, flow, LOXI_EVENT_CLOSED, ctl);
		}
		return true;
	}
	if (flags & LOXI_TCP_SYN) {
		/* From the side that answers: SYN-ACK, or the second SYN of a simultaneous open. */
		if (state == LOXI_STATE_SYN_SENT && (flow->flags & LOXI_FLOW_REVERSE))
			loxi_set_state(flow, sibling, LOXI_STATE_SYN_RECEIVED);
		return true;
	}
	if (state == LOXI_STATE_SYN_RECEIVED && (flags & LOXI_TCP_ACK) && !(flow->flags & LOXI_FLOW_REVERSE)) {
		state = LOXI_STATE_ESTABLISHED;
		loxi_set_state(flow, sibling, state);
		loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
	}
	if (flags & LOXI_TCP_FIN) {
		flow->flags |= LOXI_FLOW_FIN;
		if (sibling && (sibling->flags & LOXI_FLOW_FIN)) {
			if (state != LOXI_STATE_CLOSING) {
				loxi_set_state(flow, sibling, LOXI_STATE_CLOSING);
				loxi_tell(pkt, flow, LOXI_EVENT_CLOSED, ctl);
			}
		} else if (state == LOXI_STATE_ESTABLISHED) {
			loxi_set_state(flow, sibling, LOXI_STATE_HALF_CLOSED);
		}
	}
	return true;
}

LOXI_GLOBAL int loxi_track_query(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	struct loxi_flow *sibling;

	if (!pkt || !flow || !ctl || flow->state != LOXI_STATE_ONE_WAY || !(flow->flags & LOXI_FLOW_REVERSE))
		return 0;
	sibling = pkt->family == 4 ? loxi_sibling(flow, pkt->proto, 4) : loxi_sibling(flow, pkt->proto, 6);
	loxi_set_state(flow, sibling, LOXI_STATE_TWO_WAY);
	loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
	return 0;
}

/* `end`: the sequence number after the segment. */
LOXI_INLINE void loxi_note_sequence(struct loxi_flow *flow, __u32 end)
{
	if ((flow->flags & LOXI_FLOW_SEQ_VALID) && (__s32)(end - flow->seq_next) <= 0)
		return;
	flow->seq_next = end;
	flow->flags |= LOXI_FLOW_SEQ_VALID;
}

#endif
