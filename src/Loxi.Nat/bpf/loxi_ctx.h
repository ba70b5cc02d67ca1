/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One context for all hooks: verdicts, packet bounds, lengths. -DLOXI_XDP builds the XDP flavour, -DLOXI_EGRESS the one for packets that go out of the node (TC). */
#ifndef LOXI_CTX_H
#define LOXI_CTX_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "loxi_shared.h"

#define AF_INET 2
#define AF_INET6 10
/* <linux/if_packet.h> */
#define LOXI_PACKET_HOST 0
#define LOXI_PACKET_BROADCAST 1
#define LOXI_PACKET_MULTICAST 2

/* In skb.cb of frames that have been handled, so that the hook on the way out lets them go: "loxi", and its inverse. */
#define LOXI_STAMP 0x6c6f7869u

#define LOXI_INLINE static __always_inline
#define LOXI_OTHER_FAMILY(family) ((family) == 4 ? 6 : 4)
/* A function that the verifier looks at once, on its own, whatever its callers know. Takes pointers to whole structs and scalars. */
#define LOXI_GLOBAL __noinline

/* Keeps a number within what the verifier can follow, also after it was spilled to the stack. */
#define LOXI_BOUND(number, mask) asm volatile("%0 &= %1" : "+r"(number) : "i"(mask))
/* Headers lie in the first 2 KiB of a frame. */
#define LOXI_HEADERS_MASK 0x7ff

#ifdef LOXI_XDP
typedef struct xdp_md loxi_ctx;
#define LOXI_SECTION "xdp.frags"
#define LOXI_VERDICT_PASS XDP_PASS
#define LOXI_VERDICT_DROP XDP_DROP
#else
typedef struct __sk_buff loxi_ctx;
#define LOXI_SECTION "tc"
/* Not TC_ACT_OK: programs of others that come after ours shall still see the packet. */
#define LOXI_VERDICT_PASS TC_ACT_UNSPEC
#define LOXI_VERDICT_DROP TC_ACT_SHOT
#endif

/* Whether the packet is on its way out: its sender is this node or a workload of it. */
#ifdef LOXI_EGRESS
#define LOXI_IS_EGRESS true
#else
#define LOXI_IS_EGRESS false
#endif

/*
 * Whether a packet can be handed to the kernel's neighbour table as it is. XDP has no such way. What is on its way out carries the
 * kernel's own route to the VIP: the table sends what it has kept waiting by that one.
 */
#if defined(LOXI_XDP) || defined(LOXI_EGRESS)
#define LOXI_NEIGHBOURS_TAKE 0
#else
#define LOXI_NEIGHBOURS_TAKE 1
#endif

/* The verifier takes loads from the context at fixed offsets only. Written out, because compilers like to keep the address of a member in a register. */
LOXI_INLINE void *loxi_data(const loxi_ctx *ctx)
{
	void *data;

	asm volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(data) : "r"(ctx), "i"(offsetof(loxi_ctx, data)));
	return data;
}

LOXI_INLINE void *loxi_data_end(const loxi_ctx *ctx)
{
	void *end;

	asm volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(end) : "r"(ctx), "i"(offsetof(loxi_ctx, data_end)));
	return end;
}

/* A place among the headers: the verifier wants packet offsets that are provably small. */
LOXI_INLINE void *loxi_at(const loxi_ctx *ctx, __u32 offset)
{
	void *at;

	LOXI_BOUND(offset, LOXI_HEADERS_MASK);
	at = loxi_data(ctx) + offset;
	/* Bounds that are checked on one sum are not known of another: keeps the compiler from adding in another order. */
	asm volatile("" : "+r"(at));
	return at;
}

/* Bytes of the whole frame, also those outside the linear part. */
LOXI_INLINE __u32 loxi_frame_length(loxi_ctx *ctx)
{
#ifdef LOXI_XDP
	return bpf_xdp_get_buff_len(ctx);
#else
	return ctx->len;
#endif
}

/* Bytes from `offset` on. Only at least `wanted` matters: the length of the linear part needs no helper call on XDP. */
LOXI_INLINE __u32 loxi_room(loxi_ctx *ctx, __u32 offset, __u32 wanted)
{
#ifdef LOXI_XDP
	__u64 linear = loxi_data_end(ctx) - loxi_data(ctx);

	if (linear >= offset + wanted)
		return linear - offset;
#endif
	return loxi_frame_length(ctx) - offset;
}

/* Frames for other hosts are seen too, on bridge ports and in promiscuous mode. On XDP the device's own filter has to do. */
LOXI_INLINE bool loxi_is_for_us(const loxi_ctx *ctx)
{
#ifdef LOXI_XDP
	return true;
#else
	return ctx->pkt_type == LOXI_PACKET_HOST;
#endif
}

/* Who asks for a MAC address asks all (ARP) or many (neighbour solicitations). */
LOXI_INLINE bool loxi_may_be_question(const loxi_ctx *ctx)
{
#ifdef LOXI_XDP
	return false;
#else
	return (ctx->pkt_type == LOXI_PACKET_BROADCAST || ctx->pkt_type == LOXI_PACKET_MULTICAST) &&
	       (ctx->protocol == bpf_htons(ETH_P_ARP) || ctx->protocol == bpf_htons(ETH_P_IPV6));
#endif
}

/* Packets that the frame stands for on the wire. */
LOXI_INLINE __u32 loxi_segments(const loxi_ctx *ctx)
{
#ifdef LOXI_XDP
	return 1;
#else
	__u32 segments = ctx->gso_segs;

	return segments ? segments : 1;
#endif
}

/* A GSO frame is cut later, by the device: into segments of gso_size beside the headers. */
LOXI_INLINE bool loxi_is_gso(const loxi_ctx *ctx)
{
#ifdef LOXI_XDP
	return false;
#else
	return ctx->gso_size != 0;
#endif
}

/* Bytes from the IP header on of the largest packet that leaves. `headers`: of IP and the upper layer. */
LOXI_INLINE __u32 loxi_packet_size(const loxi_ctx *ctx, __u32 length, __u32 headers)
{
#ifdef LOXI_XDP
	return length;
#else
	return ctx->gso_size ? ctx->gso_size + headers : length;
#endif
}

/* Makes `length` bytes readable in place. A frame that is shorter stays as it is. */
LOXI_INLINE void loxi_pull(loxi_ctx *ctx, __u32 length)
{
#ifndef LOXI_XDP
	if (loxi_data(ctx) + length > loxi_data_end(ctx) && ctx->len > ctx->data_end - ctx->data)
		bpf_skb_pull_data(ctx, length < ctx->len ? length : ctx->len);
#endif
}

/* The interface whose routing table counts: where the packet came in, or where it was about to leave. */
LOXI_INLINE __u32 loxi_interface(const loxi_ctx *ctx)
{
#ifdef LOXI_XDP
	return ctx->ingress_ifindex;
#else
	return ctx->ifindex;
#endif
}

#ifdef LOXI_XDP
/* Moves the start of the frame and its Ethernet addresses with it: what is left to the kernel must still be addressed to this node. */
LOXI_INLINE int loxi_shift_ethernet(loxi_ctx *ctx, int delta)
{
	__u32 addresses[3], *eth = loxi_data(ctx);

	if ((void *)eth + ETH_HLEN > loxi_data_end(ctx))
		return -1;
	__builtin_memcpy(addresses, eth, sizeof(addresses));
	if (bpf_xdp_adjust_head(ctx, delta))
		return -1;
	eth = loxi_data(ctx);
	if ((void *)eth + ETH_HLEN > loxi_data_end(ctx))
		return -1;
	__builtin_memcpy(eth, addresses, sizeof(addresses));
	return 0;
}
#endif

LOXI_INLINE long loxi_load_bytes(loxi_ctx *ctx, __u32 offset, void *to, __u32 length)
{
#ifdef LOXI_XDP
	return bpf_xdp_load_bytes(ctx, offset, to, length);
#else
	return bpf_skb_load_bytes(ctx, offset, to, length);
#endif
}

#endif
