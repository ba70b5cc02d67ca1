/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sums over more than headers: whether an ICMP message is whole, and CRC32c of SCTP packets whose ports change. */
#ifndef LOXI_CHECKSUM_H
#define LOXI_CHECKSUM_H

#include "loxi_count.h"

#define LOXI_SUM_CHUNK 64

struct loxi_sum {
	loxi_ctx *ctx;
	__u32 at;
	__u32 left;
	__s64 sum; /* negative: could not be read */
};

static long loxi_sum_step(__u32 step, struct loxi_sum *sum)
{
	__u32 chunk[LOXI_SUM_CHUNK / 4] = {};
	__u32 length = sum->left;

	if (!length)
		return 1;
	if (length >= LOXI_SUM_CHUNK) {
		if (loxi_load_bytes(sum->ctx, sum->at, chunk, LOXI_SUM_CHUNK))
			goto unreadable;
		length = LOXI_SUM_CHUNK;
	} else {
		/* The last ones: zeros follow them. Linux 6.1 learns nothing of a number from its not being 0: it is shown one less. */
		length--;
		LOXI_BOUND(length, LOXI_SUM_CHUNK - 1);
		length++;
		if (loxi_load_bytes(sum->ctx, sum->at, chunk, length))
			goto unreadable;
	}
	sum->sum = bpf_csum_diff(0, 0, chunk, LOXI_SUM_CHUNK, sum->sum);
	sum->at += length;
	sum->left -= length;
	return sum->sum < 0;
unreadable:
	sum->sum = -1;
	return 1;
}

/* RFC 5508 REQ-3: what was damaged on its way is dropped, not translated into something that looks whole. Fragments cannot be looked at. */
LOXI_GLOBAL int loxi_icmp_checksum_ok(loxi_ctx *ctx, const struct loxi_packet *pkt)
{
	struct loxi_sum sum = { .ctx = ctx };
	__u32 addresses[8], tail[2];
	__u32 length;

	if (!pkt)
		return 0;
	if (pkt->fragment != LOXI_NOT_FRAGMENTED)
		return 1;
	length = pkt->length - (pkt->l4 - pkt->l3);
	sum.at = pkt->l4;
	sum.left = length;
	if (pkt->family == 6) {
		__builtin_memcpy(addresses, pkt->key6.saddr, 32);
		tail[0] = bpf_htonl(length);
		tail[1] = bpf_htonl(IPPROTO_ICMPV6);
		sum.sum = bpf_csum_diff(0, 0, addresses, sizeof(addresses), 0);
		sum.sum = bpf_csum_diff(0, 0, tail, sizeof(tail), sum.sum);
	}
	bpf_loop(65536 / LOXI_SUM_CHUNK, loxi_sum_step, &sum, 0);
	/* What cannot be read is not whole either. The sum over all with its checksum is all ones. */
	return sum.sum >= 0 && (sum.sum & 0xffff) + (sum.sum >> 16 & 0xffff) == 0xffff;
}

/* x^(8 * 2^i) modulo the polynomial of CRC32c (RFC 9260 appendix A), bits reflected: what 2^i zero bytes do to a remainder. */
static const volatile __u32 loxi_crc_shift[16] = {
	0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c, 0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7,
	0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62, 0x28461564, 0xbf455269, 0xe2ea32dc,
};

/* The product of two remainders. */
LOXI_INLINE __u32 loxi_crc_multiply(__u32 a, __u32 b)
{
	__u32 product = 0;

	for (int i = 0; i < 32; i++) {
		product ^= b & -(a >> 31);
		a <<= 1;
		b = (b >> 1) ^ (0x82f63b78 & -(b & 1));
	}
	return product;
}

struct loxi_crc {
	__u32 remainder;
	__u32 length;
};

static long loxi_crc_step(__u32 step, struct loxi_crc *crc)
{
	if (crc->length >> (step & 15) & 1)
		crc->remainder = loxi_crc_multiply(crc->remainder, loxi_crc_shift[step & 15]);
	return 0;
}

/*
 * CRC32c is linear: what a change of the first four bytes does to it depends on nothing but the change and how many bytes follow, so
 * the payload need not be read. `change`: old and new ports combined by exclusive or, as they lie in memory.
 */
LOXI_GLOBAL __u32 loxi_crc_change(__u32 change, __u32 following)
{
	struct loxi_crc crc = { .remainder = change, .length = following };

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	crc.remainder = __builtin_bswap32(crc.remainder);
#endif
	for (int i = 0; i < 32; i++)
		crc.remainder = (crc.remainder >> 1) ^ (0x82f63b78 & -(crc.remainder & 1));
	bpf_loop(16, loxi_crc_step, &crc, 0);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	crc.remainder = __builtin_bswap32(crc.remainder);
#endif
	return crc.remainder;
}

#endif
