// SPDX-License-Identifier: GPL-2.0
// Refused by 6.1, accepted by 6.12: signed division is an instruction since Linux 6.6 (built with -mcpu=v4).
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int signed_division(struct xdp_md *ctx)
{
	volatile int length = (int)(ctx->data_end - ctx->data), divisor = -3;

	return length / divisor < 0 ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
