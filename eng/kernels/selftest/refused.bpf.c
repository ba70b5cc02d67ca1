// SPDX-License-Identifier: GPL-2.0
// Every kernel refuses this: the packet is read without a check of its end.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int read_past_the_end(struct xdp_md *ctx)
{
	return *((__u8 *)(long)ctx->data + 14) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
