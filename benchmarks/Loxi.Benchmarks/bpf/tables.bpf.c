/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Passes over the flow tables in the kernel: the least that a sweep costs, and what turns picked-up connections into open ones. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "loxi_shared.h"

#define FLOW_TABLE(NAME, KEY)                         \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_HASH);      \
		__uint(max_entries, 1024);            \
		__type(key, KEY);                     \
		__type(value, struct loxi_flow);      \
	} NAME SEC(".maps")

/* Those of the product stand in for them. */
FLOW_TABLE(flow4, struct loxi_flow_key4);
FLOW_TABLE(flow6, struct loxi_flow_key6);

struct pass {
	__u32 family;
	__u32 now;     /* tick */
	__u32 entries;
	__u32 idle;    /* entries that were seen before `now` */
};

static long look_at(void *map, const void *key, struct loxi_flow *flow, struct pass *p)
{
	p->entries++;
	p->idle += (__s32)(p->now - flow->last_seen) > 0;
	return 0;
}

/* As if the other side had answered. */
static long settle_one(void *map, const void *key, struct loxi_flow *flow, struct pass *p)
{
	p->entries++;
	flow->flags &= ~LOXI_FLOW_LOOSE;
	return 0;
}

SEC("syscall")
int look(struct pass *call)
{
	struct pass p = { .now = call->now };

	if (call->family == 4)
		bpf_for_each_map_elem(&flow4, look_at, &p, 0);
	else
		bpf_for_each_map_elem(&flow6, look_at, &p, 0);
	call->entries = p.entries;
	call->idle = p.idle;
	return 0;
}

SEC("syscall")
int settle(struct pass *call)
{
	struct pass p = {};

	if (call->family == 4)
		bpf_for_each_map_elem(&flow4, settle_one, &p, 0);
	else
		bpf_for_each_map_elem(&flow6, settle_one, &p, 0);
	call->entries = p.entries;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
