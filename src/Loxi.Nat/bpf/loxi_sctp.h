/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * States of SCTP associations with one address on each side (RFC 9260). Each direction has the verification tag that its receiver
 * chose; a packet with another one is not of the association (8.5). A restart (INIT within an association) is the endpoint's to
 * judge: its packets pass, and the tags are learned anew when the endpoint has confirmed it.
 */
#ifndef LOXI_SCTP_H
#define LOXI_SCTP_H

#include "loxi_track.h"

LOXI_INLINE void loxi_set_tag(struct loxi_flow *flow, __u32 tag)
{
	if (!flow)
		return;
	flow->seq_next = tag;
	loxi_flags_on(flow, LOXI_FLOW_SEQ_VALID);
}

LOXI_INLINE bool loxi_has_tag(const struct loxi_flow *flow, __u32 tag)
{
	return !(flow->flags & LOXI_FLOW_SEQ_VALID) || flow->seq_next == tag;
}

/* RFC 9260 8.5.1: ABORT and SHUTDOWN COMPLETE may carry the sender's own tag, and say so. */
LOXI_INLINE bool loxi_end_is_genuine(const struct loxi_packet *pkt, const struct loxi_flow *flow, const struct loxi_flow *sibling)
{
	if (!(pkt->chunk_flags & LOXI_SCTP_FLAG_T))
		return (flow->flags & LOXI_FLOW_SEQ_VALID) && flow->seq_next == pkt->seq;
	return sibling && (sibling->flags & LOXI_FLOW_SEQ_VALID) && sibling->seq_next == pkt->seq;
}

LOXI_INLINE bool loxi_is_handshake(__u8 chunk)
{
	return chunk == LOXI_SCTP_INIT || chunk == LOXI_SCTP_INIT_ACK || chunk == LOXI_SCTP_COOKIE_ECHO || chunk == LOXI_SCTP_COOKIE_ACK;
}

/* From the client towards open, in order; the answers are only believed from the side that gives them. */
LOXI_INLINE void loxi_sctp_opens(const struct loxi_packet *pkt, struct loxi_flow *flow, struct loxi_flow *sibling, const struct loxi_control *ctl)
{
	bool reverse = flow->flags & LOXI_FLOW_REVERSE;

	switch (pkt->chunk) {
	case LOXI_SCTP_INIT:
		/* Also a client that begins anew before the association is there. */
		if (!reverse && (flow->state == LOXI_STATE_INIT || flow->state == LOXI_STATE_INIT_ACK))
			loxi_set_tag(sibling, pkt->ack);
		break;
	case LOXI_SCTP_INIT_ACK:
		if (reverse && sibling && (flow->state == LOXI_STATE_INIT || flow->state == LOXI_STATE_INIT_ACK)) {
			loxi_set_tag(sibling, pkt->ack);
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_INIT_ACK, ctl);
		}
		break;
	case LOXI_SCTP_COOKIE_ECHO:
		/* Direct server return: the answers are not seen, the tag is learned from the client. */
		if (!reverse && (flow->flags & LOXI_FLOW_DIRECT) && flow->state == LOXI_STATE_INIT) {
			loxi_set_tag(flow, pkt->seq);
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_ESTABLISHED, ctl);
			loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
		} else if (!reverse && flow->state == LOXI_STATE_INIT_ACK) {
			loxi_set_tag(flow, pkt->seq);
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_COOKIE, ctl);
		}
		break;
	case LOXI_SCTP_COOKIE_ACK:
		if (reverse && flow->state == LOXI_STATE_COOKIE) {
			loxi_set_state(pkt, flow, sibling, LOXI_STATE_ESTABLISHED, ctl);
			loxi_tell(pkt, flow, LOXI_EVENT_ESTABLISHED, ctl);
		} else if (reverse && flow->state == LOXI_STATE_ESTABLISHED && !loxi_has_tag(flow, pkt->seq)) {
			loxi_set_tag(flow, pkt->seq);
			if (sibling)
				loxi_flags_off(sibling, LOXI_FLOW_SEQ_VALID);
		}
		break;
	}
}

/* Returns false when the packet must be dropped. */
LOXI_GLOBAL int loxi_track_sctp(const struct loxi_packet *pkt, struct loxi_flow *flow, const struct loxi_control *ctl)
{
	struct loxi_flow *sibling;
	bool chosen;

	if (!pkt || !flow || !ctl)
		return false;
	sibling = pkt->family == 4 ? loxi_sibling(flow, IPPROTO_SCTP, 4) : loxi_sibling(flow, IPPROTO_SCTP, 6);
	if (pkt->chunk == LOXI_SCTP_ABORT || pkt->chunk == LOXI_SCTP_SHUTDOWN_COMPLETE) {
		/* Before there is an answer, or a tag, nobody can know it; then it passes without effect. */
		if (!loxi_end_is_genuine(pkt, flow, sibling))
			return !(flow->flags & LOXI_FLOW_SEQ_VALID) && !(pkt->chunk_flags & LOXI_SCTP_FLAG_T);
		if (!loxi_is_closed(flow->state)) {
			loxi_set_state(pkt, flow, sibling, pkt->chunk == LOXI_SCTP_ABORT ? LOXI_STATE_RESET : LOXI_STATE_CLOSING, ctl);
			loxi_tell(pkt, flow, LOXI_EVENT_CLOSED, ctl);
		}
		return true;
	}
	/* Tags that the ends are about to agree on. */
	chosen = loxi_is_handshake(pkt->chunk) && (flow->state == LOXI_STATE_ESTABLISHED || flow->state == LOXI_STATE_SHUTDOWN);
	/* Each INIT ACK that the endpoint sends to a repeated INIT has another tag: which of them the client goes on with it says with its cookie. */
	chosen |= pkt->chunk == LOXI_SCTP_COOKIE_ECHO && flow->state == LOXI_STATE_INIT_ACK && !(flow->flags & LOXI_FLOW_REVERSE);
	if (pkt->chunk != LOXI_SCTP_INIT && !chosen && !loxi_has_tag(flow, pkt->seq))
		return false;
	if (loxi_is_handshake(pkt->chunk)) {
		loxi_sctp_opens(pkt, flow, sibling, ctl);
		return true;
	}
	if (!(flow->flags & LOXI_FLOW_SEQ_VALID))
		loxi_set_tag(flow, pkt->seq);
	loxi_confirm(pkt, flow, sibling, ctl);
	if ((pkt->chunk == LOXI_SCTP_SHUTDOWN || pkt->chunk == LOXI_SCTP_SHUTDOWN_ACK) && flow->state == LOXI_STATE_ESTABLISHED) {
		loxi_set_state(pkt, flow, sibling, LOXI_STATE_SHUTDOWN, ctl);
		loxi_tell(pkt, flow, LOXI_EVENT_CHANGED, ctl);
	}
	return true;
}

#endif
