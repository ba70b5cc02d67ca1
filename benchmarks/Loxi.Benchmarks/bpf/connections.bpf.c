/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The floor of an import: two entries for each connection into tables of the product's shape, and nothing else. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "loxi_shared.h"

#define FLOOR_TABLE(NAME, KEY)                            \
	struct {                                          \
		__uint(type, BPF_MAP_TYPE_HASH);          \
		__uint(max_entries, 1024);                \
		__type(key, KEY);                         \
		__type(value, struct loxi_flow);          \
	} NAME SEC(".maps")

FLOOR_TABLE(floor4, struct loxi_flow_key4);
FLOOR_TABLE(floor6, struct loxi_flow_key6);

struct floor_call {
	__u32 first;
	__u32 count;
	__u32 failed;
	__u32 family;
};

struct floor_run {
	__u32 first;
	__u32 failed;
};

static long insert4(__u32 index, struct floor_run *run)
{
	__u32 number = run->first + index;
	struct loxi_flow flow = { .xsaddr4 = number, .state = LOXI_STATE_ESTABLISHED, .version = 1 };
	struct loxi_flow_key4 key = { .saddr = bpf_htonl(0x0a000000 + (number >> 6)), .daddr = 1, .sport = 1024 + (number & 63), .dport = 80, .proto = IPPROTO_TCP };

	run->failed += !!bpf_map_update_elem(&floor4, &key, &flow, BPF_NOEXIST);
	key.dport = 8080;
	run->failed += !!bpf_map_update_elem(&floor4, &key, &flow, BPF_NOEXIST);
	return 0;
}

static long insert6(__u32 index, struct floor_run *run)
{
	__u32 number = run->first + index;
	struct loxi_flow flow = { .xsaddr4 = number, .state = LOXI_STATE_ESTABLISHED, .version = 1 };
	struct loxi_flow_key6 key = { .sport = 1024 + (number & 63), .dport = 80, .proto = IPPROTO_TCP };

	*(__u32 *)&key.saddr[12] = bpf_htonl(number >> 6);
	key.daddr[0] = 0x20;
	run->failed += !!bpf_map_update_elem(&floor6, &key, &flow, BPF_NOEXIST);
	key.dport = 8080;
	run->failed += !!bpf_map_update_elem(&floor6, &key, &flow, BPF_NOEXIST);
	return 0;
}

SEC("syscall")
int insert_pairs(struct floor_call *call)
{
	struct floor_run run = { .first = call->first };
	long done = call->family == 4 ? bpf_loop(call->count, insert4, &run, 0) : bpf_loop(call->count, insert6, &run, 0);

	call->failed = run.failed;
	return done;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
