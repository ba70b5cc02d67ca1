/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Removal by user space, by the rules of loxi_remove.h. Never beside an import: they share their scratch, and what an import is making must
 * not look like what is left of a connection.
 */
#ifndef LOXI_REMOVE_CALL_H
#define LOXI_REMOVE_CALL_H

#include "loxi_import_table.h"

/* 1 s: no packet takes as long to make a connection. */
#define LOXI_LOST_TICKS 60

/* What is left of a connection when the kernel has refused to take out the rest, or a process of an older version ended in between. */
LOXI_INLINE int loxi_take_lost(struct loxi_import_scratch *s, __u32 now, int family)
{
	struct loxi_flow *flow = loxi_flow_lookup(&s->key, family);

	if (!flow || !(flow->flags & LOXI_FLOW_REVERSE) || (__s32)(now - flow->last_seen) <= LOXI_LOST_TICKS || loxi_import_other(s, &s->key, flow, family))
		return LOXI_REMOVAL_NONE;
	return loxi_flow_delete(&s->key, family) ? LOXI_REMOVAL_NONE : LOXI_REMOVAL_HALF;
}

SEC("syscall")
int loxi_remove(struct loxi_removal *call)
{
	__u32 zero = 0, now = call->now, result = LOXI_REMOVAL_NONE;
	struct loxi_import_scratch *s = bpf_map_lookup_elem(&import_scratch, &zero);
	int family = call->family == 4 ? 4 : 6;
	struct loxi_flow *flow;

	if (!s)
		return -1;
	__builtin_memcpy(&s->key, call->key, sizeof(call->key));
	flow = loxi_flow_lookup(&s->key, family);
	if (flow)
		result = loxi_import_take(s, &s->key, flow, family, false);
	if (result == LOXI_REMOVAL_NONE)
		result = loxi_take_lost(s, now, family);
	call->result = result;
	return 0;
}

#endif
