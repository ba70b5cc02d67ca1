/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Taking a connection out of the tables: both directions or none. The kernel deletes by the key alone, so whoever deletes late would take what
 * has come in the place of what it has seen. Hence two rules, which hold for packets, imports and user space (loxi_remove) alike:
 *
 * - Who wants to remove a connection marks its forward entry (LOXI_EXTRA_GOING). One can; it alone takes out both entries, the reverse one first,
 *   and as long as they are there nothing else can be inserted under their keys.
 * - A reverse entry without a forward one is of a connection that is being made: whoever makes it inserts the other, or takes this one back.
 *
 * What breaks the second is the kernel itself, when it refuses a delete (-EBUSY, where one interrupts another): loxi_take_marked says what then.
 */
#ifndef LOXI_REMOVE_H
#define LOXI_REMOVE_H

#include "loxi_flow.h"

LOXI_INLINE bool loxi_wants_events(void)
{
	__u32 zero = 0;
	struct loxi_control *ctl = bpf_map_lookup_elem(&control, &zero);

	return ctl && (ctl->flags & LOXI_CONTROL_FLOW_EVENTS);
}

LOXI_INLINE void loxi_unmark(struct loxi_flow *forward)
{
	__sync_fetch_and_and(&forward->extra, ~LOXI_EXTRA_GOING);
}

/*
 * Until it is taken out or unmarked `forward` stays under its key. Returns false when somebody else is at it, or was.
 *
 * The kernel gives the memory of an entry that was deleted to the next one, and writes that one's value over it, our mark too, before it can be
 * found. So it counts only where the entry is in the table before and behind it and has the version that it had. And where it does not count, it
 * is taken back only while the memory has not been written since: the mark that is there then is another's, who would lose it, and two would
 * remove one connection, the later of them what has come after it.
 */
LOXI_INLINE bool loxi_mark(const void *key, struct loxi_flow *forward, const int family)
{
	volatile struct loxi_flow *seen = forward;
	__u64 version, marked;

	if (loxi_flow_lookup(key, family) != forward)
		return false;
	version = seen->version;
	if (__sync_fetch_and_or(&forward->extra, LOXI_EXTRA_GOING) & LOXI_EXTRA_GOING)
		return false;
	marked = seen->version;
	if (marked == version && loxi_flow_lookup(key, family) == forward && seen->version == version && (seen->extra & LOXI_EXTRA_GOING))
		return true;
	if (seen->version == marked)
		loxi_unmark(forward);
	return false;
}

/*
 * The marked forward entry, last. Its counts are taken off while it is there: once deleted it may be another connection already. When the kernel
 * keeps it, half a connection is left: it ends like one that was reset, 10 s after its last packet.
 */
LOXI_INLINE void loxi_take_marked(const void *key, struct loxi_flow *forward, const int family)
{
	loxi_uncount(forward, LOXI_EXTRA_COUNTED | LOXI_EXTRA_EMBRYO, key, family);
	if (loxi_flow_delete(key, family)) {
		forward->state = LOXI_STATE_RESET;
		loxi_unmark(forward);
	}
}

/* By the entry of the answers, whose key is `key`. The forward key comes to stand in `other`. */
LOXI_INLINE int loxi_take_by_reverse(const void *key, const struct loxi_flow *flow, union loxi_flow_key *other, __u8 proto, bool tell, const int family)
{
	int to = loxi_sibling_key(flow, proto, other, family);
	struct loxi_flow *forward = loxi_flow_lookup(other, to);

	if (!forward || (forward->flags & LOXI_FLOW_REVERSE) || !loxi_mark(other, forward, to))
		return LOXI_REMOVAL_NONE;
	if (!loxi_answers(forward, key, family)) {
		loxi_unmark(forward);
		return LOXI_REMOVAL_NONE;
	}
	if (tell)
		loxi_emit_entry(other, forward, to, LOXI_EVENT_REMOVED);
	if (loxi_flow_delete(key, family)) {
		loxi_unmark(forward);
		return LOXI_REMOVAL_NONE;
	}
	loxi_take_marked(other, forward, to);
	return LOXI_REMOVAL_WHOLE;
}

/*
 * Removes a connection, by the entry of either direction, whose key is `key`. `other`: room for another key. `tell`: user space shall hear of it.
 * Returns an enum loxi_removal_result.
 */
LOXI_INLINE int loxi_take_pair(const void *key, struct loxi_flow *flow, union loxi_flow_key *other, __u8 proto, bool tell, const int family)
{
	struct loxi_flow *reverse = 0;
	int to = family;

	if (flow->flags & LOXI_FLOW_REVERSE)
		return loxi_take_by_reverse(key, flow, other, proto, tell, family);
	if (!loxi_mark(key, flow, family))
		return LOXI_REMOVAL_NONE;
	if (flow->flags & LOXI_FLOW_DIRECT) {
		/* A key of which only its own bytes are known to the verifier. */
		if (family == 4)
			other->key4 = *(const struct loxi_flow_key4 *)key;
		else
			other->key6 = *(const struct loxi_flow_key6 *)key;
		if (tell)
			loxi_emit_entry(other, flow, family, LOXI_EVENT_REMOVED);
		loxi_take_marked(key, flow, family);
		return LOXI_REMOVAL_HALF;
	}
	to = loxi_sibling_key(flow, proto, other, family);
	reverse = loxi_flow_lookup(other, to);
	if (!reverse || !(reverse->flags & LOXI_FLOW_REVERSE) || !loxi_answers(reverse, key, family)) {
		loxi_take_marked(key, flow, family);
		return LOXI_REMOVAL_HALF;
	}
	if (tell)
		loxi_emit_entry(other, reverse, to, LOXI_EVENT_REMOVED);
	if (loxi_flow_delete(other, to)) {
		loxi_unmark(flow);
		return LOXI_REMOVAL_NONE;
	}
	loxi_take_marked(key, flow, family);
	return LOXI_REMOVAL_WHOLE;
}

/* Functions of their own, whose stack counts only where something is removed. */
static __noinline int loxi_flow_remove4(const void *key, struct loxi_flow *flow, __u32 proto)
{
	struct loxi_scratch *s = loxi_scratch();

	return s ? loxi_take_pair(key, flow, &s->other, proto, loxi_wants_events(), 4) : LOXI_REMOVAL_NONE;
}

static __noinline int loxi_flow_remove6(const void *key, struct loxi_flow *flow, __u32 proto)
{
	struct loxi_scratch *s = loxi_scratch();

	return s ? loxi_take_pair(key, flow, &s->other, proto, loxi_wants_events(), 6) : LOXI_REMOVAL_NONE;
}

/* By a packet. Returns false when it is there still, because somebody else is removing it or bringing it up to date. */
LOXI_INLINE bool loxi_flow_remove(const void *key, struct loxi_flow *flow, __u8 proto, const int family)
{
	return (family == 4 ? loxi_flow_remove4(key, flow, proto) : loxi_flow_remove6(key, flow, proto)) != LOXI_REMOVAL_NONE;
}

#endif
