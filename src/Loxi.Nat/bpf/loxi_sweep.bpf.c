/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Looks for connections that were silent for too long. Reading an entry to user space costs more than all that there is to look at in it;
 * so user space gets those only that it has to judge, and what the others add up to. Nothing is removed here.
 *
 * Entries that come and go while a chain is walked may hide others of that chain: the next sweep finds them.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#include "loxi_shared.h"

#define LOXI_TABLE(NAME, TYPE, KEY, VALUE, ENTRIES, FLAGS) \
	struct {                                           \
		__uint(type, TYPE);                        \
		__uint(max_entries, ENTRIES);              \
		__uint(map_flags, FLAGS);                  \
		__type(key, KEY);                          \
		__type(value, VALUE);                      \
	} NAME SEC(".maps")

/* Those of the packet programs. */
LOXI_TABLE(flow4, BPF_MAP_TYPE_HASH, struct loxi_flow_key4, struct loxi_flow, 131072, 0);
LOXI_TABLE(flow6, BPF_MAP_TYPE_HASH, struct loxi_flow_key6, struct loxi_flow, 131072, 0);

LOXI_TABLE(sweep_endpoints, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_sweep_endpoint, 131072, BPF_F_MMAPABLE);
LOXI_TABLE(sweep_limits, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_sweep_limits, LOXI_SWEEP_CLASSES, BPF_F_MMAPABLE);
/* The pass that runs. Not on the stack: of what is there the verifier wants to know every value that it may have. */
LOXI_TABLE(sweep_pass, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_sweep_call, 1, 0);
LOXI_TABLE(sweep_found4, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_flow_key4, LOXI_SWEEP_FOUND, BPF_F_MMAPABLE);
LOXI_TABLE(sweep_found6, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_flow_key6, LOXI_SWEEP_FOUND, BPF_F_MMAPABLE);

static __always_inline __u32 protocol_place(__u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return 0;
	case IPPROTO_UDP:
		return 1;
	case IPPROTO_SCTP:
		return 2;
	default:
		return 3;
	}
}

static __always_inline bool is_over(const struct loxi_flow *flow, const struct loxi_sweep_limits *limits, __u8 proto, __u32 now)
{
	__u32 place = protocol_place(proto) << 5 | (flow->flags & LOXI_FLOW_LOOSE ? 16 : 0) | (flow->state & 15);

	/* In assembly, or the compiler knows that nothing is above and leaves out what the verifier of Linux 6.1 needs to see. */
	asm volatile("%0 &= 127" : "+r"(place));
	/* Signed: another CPU may have seen a packet after the pass took its time. */
	return (__s32)(now - flow->last_seen) > (__s32)limits->ticks[place];
}

/* Entries of connections in the making are of these states, or not confirmed. */
static __always_inline bool may_be_embryo(const struct loxi_flow *flow)
{
	return (flow->flags & LOXI_FLOW_LOOSE) || (flow->state != LOXI_STATE_ESTABLISHED && flow->state != LOXI_STATE_TWO_WAY);
}

/* A connection that stays. The end of the entry is another cache line: only looked at where it matters. */
static __always_inline void count(struct loxi_sweep_call *call, struct loxi_sweep_endpoint *endpoint, const struct loxi_flow *flow)
{
	call->connections++;
	endpoint->active++;
	if ((endpoint->class & LOXI_SWEEP_COUNTED) && (flow->extra & LOXI_EXTRA_COUNTED))
		endpoint->counted++;
	if (may_be_embryo(flow) && (flow->extra & LOXI_EXTRA_EMBRYO))
		call->embryos++;
}

/* The other direction has seen a packet. One of another family, user space asks. */
static __always_inline bool is_alive4(const struct loxi_flow_key4 *key, const struct loxi_flow *flow, const struct loxi_sweep_limits *limits, __u32 now)
{
	struct loxi_flow_key4 other = { .saddr = flow->xdaddr4, .daddr = flow->xsaddr4, .sport = flow->xdport, .dport = flow->xsport, .proto = key->proto };
	struct loxi_flow *back;

	if (flow->flags & (LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT))
		return false;
	back = bpf_map_lookup_elem(&flow4, &other);
	return back && ((back->flags ^ flow->flags) & LOXI_FLOW_REVERSE) && back->xdaddr4 == key->saddr && back->xsaddr4 == key->daddr && back->xdport == key->sport &&
	       back->xsport == key->dport && !is_over(back, limits, key->proto, now);
}

static __always_inline bool is_same_address(const __u8 *a, const __u8 *b)
{
	const __u32 *x = (const __u32 *)a, *y = (const __u32 *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

static __always_inline bool is_alive6(const struct loxi_flow_key6 *key, const struct loxi_flow *flow, const struct loxi_sweep_limits *limits, __u32 now)
{
	struct loxi_flow_key6 other = { .sport = flow->xdport, .dport = flow->xsport, .proto = key->proto };
	struct loxi_flow *back;

	if (flow->flags & (LOXI_FLOW_CROSS | LOXI_FLOW_DIRECT))
		return false;
	__builtin_memcpy(other.saddr, flow->xdaddr6, 16);
	__builtin_memcpy(other.daddr, flow->xsaddr6, 16);
	back = bpf_map_lookup_elem(&flow6, &other);
	return back && ((back->flags ^ flow->flags) & LOXI_FLOW_REVERSE) && is_same_address(back->xdaddr6, key->saddr) && is_same_address(back->xsaddr6, key->daddr) &&
	       back->xdport == key->sport && back->xsport == key->dport && !is_over(back, limits, key->proto, now);
}

static __always_inline void report(struct loxi_sweep_call *call, const void *key, const int family)
{
	__u32 place = call->found++;
	void *found = family == 4 ? bpf_map_lookup_elem(&sweep_found4, &place) : bpf_map_lookup_elem(&sweep_found6, &place);

	if (found)
		__builtin_memcpy(found, key, family == 4 ? sizeof(struct loxi_flow_key4) : sizeof(struct loxi_flow_key6));
}

static __always_inline struct loxi_sweep_call *running(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&sweep_pass, &zero);
}

static __always_inline long look(const void *key, struct loxi_flow *flow, const int family)
{
	__u8 proto = family == 4 ? ((const struct loxi_flow_key4 *)key)->proto : ((const struct loxi_flow_key6 *)key)->proto;
	__u32 index = flow->endpoint, class;
	struct loxi_sweep_endpoint *endpoint;
	struct loxi_sweep_call *call = running();
	struct loxi_sweep_limits *limits;
	bool fresh;

	if (!call)
		return 0;
	/* Nearly all of them; and of the entries for answers no more than this is asked. */
	fresh = !may_be_embryo(flow) && (__s32)(call->now - flow->last_seen) <= (__s32)call->open_limit;
	if (fresh && (flow->flags & LOXI_FLOW_REVERSE))
		return 0;
	endpoint = bpf_map_lookup_elem(&sweep_endpoints, &index);
	if (!endpoint)
		return 0;
	if (fresh) {
		count(call, endpoint, flow);
		return 0;
	}
	class = endpoint->class & ~LOXI_SWEEP_COUNTED;
	limits = bpf_map_lookup_elem(&sweep_limits, &class);
	if (!limits)
		return 0;
	if (is_over(flow, limits, proto, call->now) && !(family == 4 ? is_alive4(key, flow, limits, call->now) : is_alive6(key, flow, limits, call->now)))
		report(call, key, family);
	else if (!(flow->flags & LOXI_FLOW_REVERSE))
		count(call, endpoint, flow);
	return call->found >= LOXI_SWEEP_FOUND;
}

static long look4(const void *map, const void *key, struct loxi_flow *flow, const void *unused)
{
	return look(key, flow, 4);
}

static long look6(const void *map, const void *key, struct loxi_flow *flow, const void *unused)
{
	return look(key, flow, 6);
}

/* Functions of their own: one call that serves both tables is more than the verifier of Linux 6.1 follows. */
static __noinline long walk4(void)
{
	return bpf_for_each_map_elem(&flow4, look4, 0, 0);
}

static __noinline long walk6(void)
{
	return bpf_for_each_map_elem(&flow6, look6, 0, 0);
}

SEC("syscall")
int loxi_sweep(struct loxi_sweep_call *call)
{
	struct loxi_sweep_call *pass = running();

	if (!pass)
		return -1;
	__builtin_memset(pass, 0, sizeof(*pass));
	pass->now = call->now;
	pass->open_limit = call->open_limit;
	if (call->family == 4)
		walk4();
	else
		walk6();
	call->connections = pass->connections;
	call->embryos = pass->embryos;
	call->found = pass->found;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
