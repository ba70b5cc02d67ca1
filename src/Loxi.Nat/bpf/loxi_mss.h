/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The maximum segment size that a SYN announces (RFC 9293 3.7.1), lowered to what fits through the tunnel or the translation: the other
 * side then never sends what would have to be refused as too big.
 */
#ifndef LOXI_MSS_H
#define LOXI_MSS_H

#include "loxi_tunnel.h"

#define LOXI_TCP_OPTIONS 40
#define LOXI_OPTION_END 0
#define LOXI_OPTION_NOTHING 1
#define LOXI_OPTION_MSS 2
#define LOXI_OPTION_MSS_LENGTH 4

struct loxi_mss {
	loxi_ctx *ctx;
	__u32 at;
	__u32 end;
	__u32 found; /* where the size is; 0: nowhere */
	__u32 pad;
};

LOXI_INLINE bool loxi_is_clamped(const struct loxi_flow *flow)
{
	return (flow->flags & LOXI_FLOW_CLAMP_MSS) && (flow->flags & (LOXI_FLOW_TUNNEL | LOXI_FLOW_CROSS));
}

/* One option. */
static long loxi_mss_step(__u32 step, struct loxi_mss *mss)
{
	__u8 option[LOXI_OPTION_MSS_LENGTH] = {};

	if (mss->at + sizeof(option) > mss->end || loxi_load_bytes(mss->ctx, mss->at, option, sizeof(option)))
		return 1;
	if (option[0] == LOXI_OPTION_NOTHING) {
		mss->at++;
		return 0;
	}
	if (option[0] == LOXI_OPTION_MSS && option[1] == LOXI_OPTION_MSS_LENGTH)
		mss->found = mss->at + 2;
	if (mss->found || option[0] == LOXI_OPTION_END || option[1] < 2)
		return 1;
	mss->at += option[1];
	return 0;
}

/* The MTU of an interface; 0: of the one that the packet is at. */
LOXI_INLINE __u32 loxi_mtu_of(loxi_ctx *ctx, __u32 ifindex)
{
	__u32 mtu = 0;

	return bpf_check_mtu(ctx, ifindex, &mtu, 0, 0) < 0 ? 0 : mtu;
}

LOXI_INLINE __u32 loxi_headers_of(int family)
{
	return (family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) + sizeof(struct tcphdr);
}

LOXI_INLINE __u32 loxi_less(__u32 mtu, __u32 headers)
{
	return mtu > headers ? mtu - headers : 0;
}

/* In a tunnel: of packets that go the way of this one. Between the families: of those that come back, on either side. 0: not known. */
LOXI_INLINE __u32 loxi_largest_segment(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 ifindex)
{
	int out = loxi_out_family(flow, pkt->family);
	__u32 there = loxi_mtu_of(ctx, ifindex), back;

	if (flow->flags & LOXI_FLOW_TUNNEL)
		return loxi_less(there, loxi_tunnel_overhead(flow, pkt->family) + loxi_headers_of(pkt->family));
	there = loxi_less(there, loxi_headers_of(out));
	back = loxi_less(loxi_mtu_of(ctx, 0), loxi_headers_of(pkt->family));
	return back < there ? back : there;
}

LOXI_INLINE int loxi_write_mss(loxi_ctx *ctx, const struct loxi_packet *pkt, __u32 at, __u32 largest)
{
	struct loxi_csum_delta delta = {};
	void *value = loxi_at(ctx, at);
	__u16 old, size = bpf_htons(largest);

	if (value + sizeof(size) > loxi_data_end(ctx))
		return -1;
	old = ((__u8 *)value)[0] | ((__u8 *)value)[1] << 8;
	if (bpf_ntohs(old) <= largest)
		return 0;
	((__u8 *)value)[0] = size;
	((__u8 *)value)[1] = size >> 8;
	/* Behind an odd number of bytes it lies across two words of the sum. */
	delta.plain = (at - pkt->l4) & 1 ? loxi_delta16(old << 8 | old >> 8, size << 8 | size >> 8) : loxi_delta16(old, size);
#ifdef LOXI_XDP
	return loxi_fix_l4_csum(ctx, pkt, &delta, 4);
#else
	return bpf_l4_csum_replace(ctx, pkt->l4 + offsetof(struct tcphdr, check), 0, loxi_fold32(delta.plain), 0);
#endif
}

/* `ifindex`: where the packet leaves. Returns -1 when it must be dropped. */
LOXI_GLOBAL int loxi_clamp_mss(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow, __u32 ifindex)
{
	struct loxi_mss mss = { .ctx = ctx };
	__u32 largest;

	if (!pkt || !flow)
		return -1;
	largest = loxi_largest_segment(ctx, pkt, flow, ifindex);
	mss.at = pkt->l4 + sizeof(struct tcphdr);
	mss.end = pkt->l3 + pkt->headers;
	bpf_loop(LOXI_TCP_OPTIONS, loxi_mss_step, &mss, 0);
	if (!mss.found || !largest)
		return 0;
	loxi_pull(ctx, mss.found + sizeof(__u16));
	return loxi_write_mss(ctx, pkt, mss.found, largest);
}

#endif
