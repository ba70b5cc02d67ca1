/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Connection states: TCP (RFC 9293, RST plausibility after RFC 5961), UDP and ICMP queries. SCTP has a file of its own. */
#ifndef LOXI_TRACK_H
#define LOXI_TRACK_H

#include "loxi_event.h"
#include "loxi_flow.h"

/* The largest window that TCP can have (RFC 7323): a RST further away cannot belong to the connection. */
#define LOXI_MAX_WINDOW (65535u << 14)
/* What the endpoint may have sent before it saw the end of the handshake (RFC 7413: data with and after the SYN-ACK). */
#define LOXI_HANDSHAKE_WINDOW 65535u
#define LOXI_FIN_WINDOW (1u << 20)
/* All segments pass here: one that is further ahead of the last is not from the sender. */
#define LOXI_MAX_JUMP (1u << 26)

LOXI_INLINE bool loxi_is_open(__u8 state)
{
	return state == LOXI_STATE_ESTABLISHED || state == LOXI_STATE_TWO_WAY;
}

LOXI_INLINE bool loxi_is_closed(__u8 state)
{
	return state == LOXI_STATE_CLOSING || state == LOXI_STATE_RESET;
}

/* The forward entry of the two, and the table that it is in. */
LOXI_INLINE void loxi_uncount_either(const struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_flow *sibling, __u32 what)
{
	bool forward = !(flow->flags & LOXI_FLOW_REVERSE), four = (pkt->family == 4) == (forward || !(flow->flags & LOXI_FLOW_CROSS));
	struct loxi_flow *first = forward ? flow : sibling;

	if (!first)
		return;
	if (four)
		loxi_uncount(first, what, 0, 4);
	else
		loxi_uncount(first, what, 0, 6);
}

/* The version of a connection never goes back, and says who has changed it last: this node, in the term that it serves in. */
LOXI_INLINE void loxi_renew(struct loxi_flow *flow, struct loxi_flow *sibling, const struct loxi_control *ctl)
{
	__u64 version = flow->version;

	/* Between the two entries of a connection that is just being imported: the greater one. */
	if (sibling && sibling->version > version)
		version = sibling->version;
	flow->version = loxi_version_after(version, ctl);
	if (sibling)
		sibling->version = flow->version;
}

/* An open connection is not in the making any more; one that is over does not count as its endpoint's either. */
LOXI_INLINE void loxi_set_state(const struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_flow *sibling, __u8 state, const struct loxi_control *ctl)
{
	flow->state = state;
	if (sibling)
		sibling->state = state;
	loxi_renew(flow, sibling, ctl);
	if (loxi_is_closed(state))
		loxi_uncount_either(pkt, flow, sibling, LOXI_EXTRA_COUNTED | LOXI_EXTRA_EMBRYO);
	else if (loxi_is_open(state))
		loxi_uncount_either(pkt, flow, sibling, LOXI_EXTRA_EMBRYO);
}

LOXI_INLINE void loxi_tell(const struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 type, const struct loxi_control *ctl)
{
	if (ctl->flags & LOXI_CONTROL_FLOW_EVENTS)
		loxi_emit_flow(pkt, flow, type);
}

/*
 * RFC 5961 3.2: a RST that hits the next sequence number closes; one that is merely inside the window may be a guess,
 * so it goes through (the endpoint answers with a challenge ACK) without any effect on the entry.
 */
LOXI_INLINE bool loxi_rst_closes(const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_flow *sibling)
{
	if (flow->state == LOXI_STATE_SYN_SENT || !(flow->flags & LOXI_FLOW_SEQ_VALID))
		return sibling != 0 || (flow->flags & LOXI_FLOW_DIRECT);
	return pkt->seq == flow->seq_next || pkt->seq_end == flow->seq_next;
}

/* RFC 9293 3.10.7.4: the ACK that completes the handshake acknowledges the SYN-ACK. One that was made up without having seen it does not. */
LOXI_INLINE bool loxi_ack_completes(const struct loxi_packet *pkt, const struct loxi_flow *sibling)
{
	return sibling && (sibling->flags & LOXI_FLOW_SEQ_VALID) && sibling->seq_next - pkt->ack <= LOXI_HANDSHAKE_WINDOW;
}

/* Blind FINs shall not shorten the life of a connection: about where the stream is. */
LOXI_INLINE bool loxi_fin_counts(const struct loxi_packet *pkt, const struct loxi_flow *flow)
{
	return !(flow->flags & LOXI_FLOW_SEQ_VALID) || pkt->seq - flow->seq_next + LOXI_FIN_WINDOW <= 2 * LOXI_FIN_WINDOW;
}

/* Of direct server return the answers are not seen: who sends a third packet has got one. */
#define LOXI_DIRECT_PACKETS 2

LOXI_INLINE bool loxi_is_answered(const struct loxi_flow *flow)
{
	return (flow->flags & LOXI_FLOW_REVERSE) || ((flow->flags & LOXI_FLOW_DIRECT) && flow->packets >= LOXI_DIRECT_PACKETS);
}

/* The endpoint answers to a connection that was picked up in its middle: it is real, and open since now for who listens. */
LOXI_INLINE void loxi_confirm(const struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_flow *sibling, const struct loxi_control *ctl)
{
	if (!(flow->flags & LOXI_FLOW_LOOSE) || !loxi_is_answered(flow))
		return;
	loxi_flags_off(flow, LOXI_FLOW_LOOSE);
	if (sibling)
		loxi_flags_off(sibling, LOXI_FLOW_LOOSE);
	loxi_renew(flow, sibling, ctl);
	loxi_uncount_either(pkt, flow, sibling, LOXI_EXTRA_EMBRYO);
	loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
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
	/* The same ports once more, soon after a RST: the numbers begin anew. */
	if ((flags & LOXI_TCP_SYN) && state == LOXI_STATE_RESET)
		loxi_flags_off(flow, LOXI_FLOW_SEQ_VALID);
	/* The usual first packet changes nothing: no need to look for the other direction. */
	if ((flags & (LOXI_TCP_SYN | LOXI_TCP_RST)) == LOXI_TCP_SYN && !(flow->flags & LOXI_FLOW_REVERSE))
		return true;
	sibling = pkt->family == 4 ? loxi_sibling(flow, IPPROTO_TCP, 4) : loxi_sibling(flow, IPPROTO_TCP, 6);
	if (flags & LOXI_TCP_RST) {
		/* Before there is an answer a RST may come from anywhere: so a client ends what a stale socket of the endpoint says to its SYN. */
		if (state != LOXI_STATE_SYN_SENT && (flow->flags & LOXI_FLOW_SEQ_VALID) && pkt->seq - flow->seq_next + LOXI_MAX_WINDOW > 2 * LOXI_MAX_WINDOW)
			return false;
		/* From another node, and its numbers are not known yet: it may be true, so the connection does not live as long. */
		if ((flow->flags & LOXI_FLOW_IMPORTED) && !(flow->flags & LOXI_FLOW_SEQ_VALID)) {
			if (state == LOXI_STATE_ESTABLISHED) {
				loxi_flags_on(flow, LOXI_FLOW_RST);
				loxi_set_state(pkt, flow, sibling, LOXI_STATE_HALF_CLOSED, ctl);
				loxi_tell(pkt, flow, LOXI_EVENT_CHANGED, ctl);
			}
			return true;
		}
		if (!loxi_is_closed(state) && loxi_rst_closes(pkt, flow, sibling)) {
			loxi_flags_on(flow, LOXI_FLOW_RST);
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_RESET, ctl);
			loxi_tell(pkt, flow, LOXI_EVENT_CLOSED, ctl);
		}
		return true;
	}
	if (flags & LOXI_TCP_SYN) {
		/* From the side that answers: SYN-ACK, or the second SYN of a simultaneous open. */
		if (state == LOXI_STATE_SYN_SENT && (flow->flags & LOXI_FLOW_REVERSE))
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_SYN_RECEIVED, ctl);
		return true;
	}
	loxi_confirm(pkt, flow, sibling, ctl);
	/* Who has reset a connection does not go on with it: that RST was somebody else's. */
	if ((state == LOXI_STATE_RESET || state == LOXI_STATE_HALF_CLOSED) && (flow->flags & LOXI_FLOW_RST)) {
		state = LOXI_STATE_ESTABLISHED;
		loxi_flags_off(flow, LOXI_FLOW_RST);
		loxi_set_state(pkt, flow, sibling, state, ctl);
		loxi_tell(pkt, flow, LOXI_EVENT_CHANGED, ctl);
		if (!(flow->flags & LOXI_FLOW_REVERSE))
			loxi_count_again(flow);
		else if (sibling)
			loxi_count_again(sibling);
	}
	/* Direct server return: the SYN-ACK is not seen. */
	if ((flags & LOXI_TCP_ACK) && !(flow->flags & LOXI_FLOW_REVERSE) &&
	    ((state == LOXI_STATE_SYN_RECEIVED && loxi_ack_completes(pkt, sibling)) || (state == LOXI_STATE_SYN_SENT && (flow->flags & LOXI_FLOW_DIRECT)))) {
		state = LOXI_STATE_ESTABLISHED;
		loxi_set_state(pkt, flow, sibling, state, ctl);
		loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
	}
	if ((flags & LOXI_TCP_FIN) && loxi_fin_counts(pkt, flow)) {
		loxi_flags_on(flow, LOXI_FLOW_FIN);
		if (sibling && (sibling->flags & LOXI_FLOW_FIN)) {
			if (state != LOXI_STATE_CLOSING) {
				loxi_set_state(pkt, flow, sibling, LOXI_STATE_CLOSING, ctl);
				loxi_tell(pkt, flow, LOXI_EVENT_CLOSED, ctl);
			}
		} else if (state == LOXI_STATE_ESTABLISHED) {
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_HALF_CLOSED, ctl);
			loxi_tell(pkt, flow, LOXI_EVENT_CHANGED, ctl);
		}
	}
	return true;
}

LOXI_GLOBAL int loxi_track_query(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	struct loxi_flow *sibling;

	if (!pkt || !flow || !ctl || flow->state != LOXI_STATE_ONE_WAY || !loxi_is_answered(flow))
		return 0;
	sibling = pkt->family == 4 ? loxi_sibling(flow, pkt->proto, 4) : loxi_sibling(flow, pkt->proto, 6);
	loxi_set_state(pkt, flow, sibling, LOXI_STATE_TWO_WAY, ctl);
	loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
	return 0;
}

/* `end`: the sequence number after the segment. */
LOXI_INLINE void loxi_note_sequence(struct loxi_flow *flow, __u32 end)
{
	if ((flow->flags & LOXI_FLOW_SEQ_VALID) && end - flow->seq_next - 1 >= LOXI_MAX_JUMP)
		return;
	flow->seq_next = end;
	loxi_flags_on(flow, LOXI_FLOW_SEQ_VALID);
}

#endif
