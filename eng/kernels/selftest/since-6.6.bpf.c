// SPDX-License-Identifier: GPL-2.0
// Refused by 6.1, accepted by 6.12: signed division is an instruction since Linux 6.6. As a number, because compilers before clang 18 do not know it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int signed_division(struct xdp_md *ctx)
{
	long quotient;

	/* r0 s/= 3: BPF_ALU64 | BPF_DIV | BPF_K with an offset of 1. */
	asm volatile("r0 = -7; .8byte 0x0000000300010037; %0 = r0" : "=r"(quotient) : : "r0");
	return quotient < 0 ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
