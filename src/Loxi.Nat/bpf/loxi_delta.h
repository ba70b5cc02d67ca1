/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What changes of a header do to checksums (RFC 1624). On TC a frame may be CHECKSUM_PARTIAL, where the checksum field holds the sum of
 * the pseudo header only: upper-layer checksums go through bpf_l4_csum_replace, which knows. The IPv4 header checksum is never offloaded
 * and is updated in place.
 */
#ifndef LOXI_DELTA_H
#define LOXI_DELTA_H

#include "loxi_packet.h"

#ifndef BPF_F_IPV6
#define BPF_F_IPV6 (1ULL << 7)
#endif

/* Set by the loader where the kernel knows BPF_F_IPV6 for bpf_l4_csum_replace (CHECKSUM_COMPLETE of IPv6 frames is wrong without). */
const volatile __u64 loxi_csum_ipv6_flag = 0;

struct loxi_csum_delta {
	__u64 pseudo; /* addresses */
	__u64 plain;  /* ports or identifier */
};

LOXI_INLINE __u16 loxi_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The same sum in 32 bits, as the helpers take it. */
LOXI_INLINE __u32 loxi_fold32(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (sum & 0xffffffff) + (sum >> 32);
}

/* RFC 1624: HC' = ~(~HC + ~m + m') */
LOXI_INLINE __u16 loxi_csum_apply(__u16 check, __u64 delta)
{
	return ~loxi_fold((__u64)(__u16)~check + delta);
}

LOXI_INLINE __u64 loxi_delta32(__u32 from, __u32 to)
{
	return (__u64)(__u32)~from + to;
}

LOXI_INLINE __u64 loxi_delta16(__u16 from, __u16 to)
{
	return (__u64)(__u16)~from + to;
}

LOXI_INLINE __u64 loxi_delta128(const __u8 *from, const __u8 *to)
{
	const __u32 *f = (const __u32 *)from, *t = (const __u32 *)to;

	return loxi_delta32(f[0], t[0]) + loxi_delta32(f[1], t[1]) + loxi_delta32(f[2], t[2]) + loxi_delta32(f[3], t[3]);
}

/* Offset of the checksum in the upper-layer header; -1: none. */
LOXI_INLINE int loxi_csum_offset(__u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
		return offsetof(struct udphdr, check);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return offsetof(struct icmphdr, checksum);
	default:
		return -1;
	}
}

/* A change that no checksum in the packet makes up for: the device's sum over the whole packet (CHECKSUM_COMPLETE) must follow it. */
LOXI_INLINE void loxi_note_sum(loxi_ctx *ctx, __u32 change)
{
#ifndef LOXI_XDP
	bpf_csum_update(ctx, change);
#endif
}

#ifdef LOXI_XDP
LOXI_INLINE void loxi_put_l4_csum(__u16 *check, __u8 proto, const struct loxi_csum_delta *delta)
{
	__u64 sum = delta->plain;

	if (proto != IPPROTO_ICMP)
		sum += delta->pseudo;
	/* RFC 768, RFC 6935: zero means that there is none, and a sum of zero is sent as all ones. BPF_F_MARK_MANGLED_0 does so on TC. */
	if (proto == IPPROTO_UDP) {
		if (*check == 0)
			return;
		sum = loxi_csum_apply(*check, sum);
		*check = sum ? sum : 0xffff;
		return;
	}
	*check = loxi_csum_apply(*check, sum);
}
#else
LOXI_INLINE int loxi_replace_l4_csum(loxi_ctx *ctx, __u32 offset, __u8 proto, const struct loxi_csum_delta *delta, const int family)
{
	__u64 flags = proto == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;

	if (proto != IPPROTO_ICMP &&
	    bpf_l4_csum_replace(ctx, offset, 0, loxi_fold32(delta->pseudo), flags | BPF_F_PSEUDO_HDR | (family == 6 ? loxi_csum_ipv6_flag : 0)))
		return -1;
	if (delta->plain && bpf_l4_csum_replace(ctx, offset, 0, loxi_fold32(delta->plain), flags))
		return -1;
	return 0;
}
#endif

LOXI_INLINE int loxi_fix_l4_csum(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_csum_delta *delta, const int family)
{
	int field = loxi_csum_offset(pkt->proto);
	__u32 offset = pkt->l4 + field;

	if (field < 0) {
		/* SCTP: its checksum covers no address, so nothing makes up for those of IPv6. */
		if (family == 6)
			loxi_note_sum(ctx, loxi_fold32(delta->pseudo));
		return 0;
	}
#ifdef LOXI_XDP
	void *end = loxi_data_end(ctx);
	__u16 *check = loxi_at(ctx, offset);

	if ((void *)(check + 1) > end)
		return -1;
	loxi_put_l4_csum(check, pkt->proto, delta);
	return 0;
#else
	if (pkt->proto == IPPROTO_UDP) {
		const __u16 *check = loxi_at(ctx, offset);

		if ((void *)(check + 1) > loxi_data_end(ctx))
			return -1;
		/* RFC 768, RFC 6935: there is none, so nothing in the packet makes up for what changed. IPv4 addresses have the header's. */
		if (*check == 0) {
			loxi_note_sum(ctx, loxi_fold32(delta->plain + (family == 6 ? delta->pseudo : 0)));
			return 0;
		}
	}
	return loxi_replace_l4_csum(ctx, offset, pkt->proto, delta, family);
#endif
}

#endif
