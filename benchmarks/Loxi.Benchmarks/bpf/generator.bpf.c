/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Writes a fresh packet of flow i and tail-calls the program that is measured, so that one BPF_PROG_RUN with a large repeat
 * count measures many flows and the rewriting of the last run is undone. With a trivial target it is the base to subtract.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#ifdef LOXI_XDP
#define CTX struct xdp_md
#define SECTION "xdp.frags"
#define BROKEN XDP_ABORTED
#define DONE XDP_TX
#else
#define CTX struct __sk_buff
#define SECTION "tc"
#define BROKEN TC_ACT_SHOT
#define DONE TC_ACT_OK
#endif

#define FRAME4 60
#define FRAME6 80
/* Ports per client address. */
#define PORT_BITS 15
#define FIRST_PORT 1024

struct generator {
	__u32 flows;     /* flows to draw from, 1 or more */
	__u32 random;    /* 1: any of them, 0: one after the other */
	__u32 family;    /* 4 or 6 */
	__u32 client;    /* IPv4 address, or the last 32 bits of the IPv6 address, of the first client; host order */
	__u32 next;      /* flow that comes next when not random */
	__u32 state;     /* of the random numbers, never 0 */
	__u64 fence;
	__u32 reverse;   /* 1: packets to the clients, 0: from them */
	__u32 resizes;   /* 1: the program that is measured changes the size of the frame */
	__u8 frame[FRAME6];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct generator);
} generator SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} targets SEC(".maps");

static __always_inline __u32 next_flow(struct generator *g)
{
	__u32 x = g->state, flow = g->next;

	if (!g->random) {
		g->next = flow + 1 >= g->flows ? 0 : flow + 1;
		return flow;
	}
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	g->state = x;
	return ((__u64)x * g->flows) >> 32;
}

static __always_inline __u32 client_of(const struct generator *g, __u32 flow)
{
	return bpf_htonl(g->client + (flow >> PORT_BITS));
}

static __always_inline __u16 port_of(__u32 flow)
{
	return bpf_htons(FIRST_PORT + (flow & ((1 << PORT_BITS) - 1)));
}

static __always_inline int write4(void *data, void *end, struct generator *g)
{
	__u32 flow;

	if (data + FRAME4 > end)
		return -1;
	__builtin_memcpy(data, g->frame, FRAME4);
	flow = next_flow(g);
	if (g->reverse) {
		*(__u32 *)(data + 30) = client_of(g, flow);
		*(__u16 *)(data + 36) = port_of(flow);
	} else {
		*(__u32 *)(data + 26) = client_of(g, flow);
		*(__u16 *)(data + 34) = port_of(flow);
	}
	return 0;
}

static __always_inline int write6(void *data, void *end, struct generator *g)
{
	__u32 flow;

	if (data + FRAME6 > end)
		return -1;
	__builtin_memcpy(data, g->frame, FRAME6);
	flow = next_flow(g);
	if (g->reverse) {
		*(__u32 *)(data + 50) = client_of(g, flow);
		*(__u16 *)(data + 56) = port_of(flow);
	} else {
		*(__u32 *)(data + 34) = client_of(g, flow);
		*(__u16 *)(data + 54) = port_of(flow);
	}
	return 0;
}

/*
 * Gives the frame the size again that it had. On XDP it costs the same whether the last program changed it or not, so the generator alone
 * is the base; on TC it costs something only then, and `resize` shows how much.
 */
static __always_inline int restore(CTX *ctx, const struct generator *g)
{
#ifdef LOXI_XDP
	__u64 length = (void *)(long)ctx->data_end - (void *)(long)ctx->data;

	return bpf_xdp_adjust_head(ctx, (int)length - (g->family == 4 ? FRAME4 : FRAME6));
#else
	__u32 protocol = g->family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);

	return ctx->protocol == protocol ? 0 : bpf_skb_change_proto(ctx, protocol, 0);
#endif
}

SEC(SECTION)
int generate(CTX *ctx)
{
	__u32 zero = 0;
	struct generator *g = bpf_map_lookup_elem(&generator, &zero);
	void *data, *end;

	if (!g || (g->resizes && restore(ctx, g)))
		return BROKEN;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (g->family == 4 ? write4(data, end, g) : write6(data, end, g))
		return BROKEN;
	/*
	 * A locked instruction drains the store buffer. Without it a load that is wider than the stores just above would stall
	 * (store forwarding), which no packet from a device does: the way a program reads headers would decide its figure.
	 */
	__sync_fetch_and_add(&g->fence, 1);
	bpf_tail_call(ctx, &targets, 0);
	return BROKEN;
}

SEC(SECTION)
int nothing(CTX *ctx)
{
	return DONE;
}

#ifndef LOXI_XDP
/* From one address family to the other, and nothing more. */
SEC(SECTION)
int resize(CTX *ctx)
{
	return bpf_skb_change_proto(ctx, ctx->protocol == bpf_htons(ETH_P_IP) ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP), 0) ? BROKEN : DONE;
}
#endif

char LICENSE[] SEC("license") = "Dual BSD/GPL";
