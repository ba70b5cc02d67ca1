/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Connections in the tables of a running node, told as its programs tell them, without the packets: those cost more than what is measured. */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "loxi_shared.h"

#define PORTS_OF_A_CLIENT 32768
#define FIRST_PORT 1024
#define BYTES_THAT_WAIT (LOXI_EVENTS_BYTES / 2)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__type(key, struct loxi_flow_key4);
	__type(value, struct loxi_flow);
} flow4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, LOXI_EVENTS_BYTES);
} events SEC(".maps");

/* The connection that the others are like: its forward key, and its entries. */
struct sync_call {
	__u32 first;
	__u32 count;
	__u32 failed;
	__u32 client; /* address of the first one, host order */
	struct loxi_flow_key4 key;
	struct loxi_flow forward;
	struct loxi_flow reverse;
};

struct sync_run {
	__u32 first;
	__u32 failed;
	__u32 client;
	__u32 made;
	struct loxi_flow_key4 key;
	struct loxi_flow forward;
	struct loxi_flow reverse;
};

static __always_inline void map_address(__u8 *to, __u32 address)
{
	__builtin_memset(to, 0, 10);
	to[10] = to[11] = 0xff;
	__builtin_memcpy(to + 12, &address, 4);
}

static __always_inline void tell(struct loxi_event *event, const struct loxi_flow_key4 *key, const struct loxi_flow *flow)
{
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	map_address(event->saddr, key->saddr);
	map_address(event->daddr, key->daddr);
	event->sport = key->sport;
	event->dport = key->dport;
	event->proto = key->proto;
	event->type = LOXI_EVENT_ESTABLISHED;
	event->family = 4;
	event->state = flow->state;
	event->endpoint = flow->endpoint;
	event->flags = flow->flags;
	event->vip_group = flow->vip_group;
	map_address(event->xsaddr, flow->xsaddr4);
	map_address(event->xdaddr, flow->xdaddr4);
	event->xsport = flow->xsport;
	event->xdport = flow->xdport;
	event->version = flow->version;
	bpf_ringbuf_submit(event, 0);
}

static long make_one(__u32 index, struct sync_run *run)
{
	__u32 number = run->first + index;
	struct loxi_flow_key4 back = { .saddr = run->forward.xdaddr4, .sport = run->forward.xdport, .proto = run->key.proto };
	struct loxi_event *event;

	/* As fast as they are read, no faster: what is lost goes another way. */
	if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > BYTES_THAT_WAIT)
		return 1;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 1;
	run->key.saddr = bpf_htonl(run->client + number / PORTS_OF_A_CLIENT);
	run->key.sport = bpf_htons(FIRST_PORT + number % PORTS_OF_A_CLIENT);
	back.daddr = run->forward.xsaddr4 = run->reverse.xdaddr4 = run->key.saddr;
	back.dport = run->forward.xsport = run->reverse.xdport = run->key.sport;
	run->forward.last_seen = run->reverse.last_seen = (__u32)(bpf_ktime_get_ns() >> LOXI_TICK_SHIFT);
	if (bpf_map_update_elem(&flow4, &back, &run->reverse, BPF_NOEXIST) || bpf_map_update_elem(&flow4, &run->key, &run->forward, BPF_NOEXIST)) {
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
		run->failed++;
		return 1;
	}
	tell(event, &run->key, &run->forward);
	run->made++;
	return 0;
}

/* Returns how many it has made. */
SEC("syscall")
int make_connections(struct sync_call *call)
{
	struct sync_run run = { .first = call->first, .client = call->client, .key = call->key, .forward = call->forward, .reverse = call->reverse };

	bpf_loop(call->count, make_one, &run, 0);
	call->failed = run.failed;
	return run.made;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
