/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/pkt_cls.h>

const volatile __u32 verdict_mark = 7;
const volatile __u64 wide = 0;
__u64 initial = 5;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&counts, &slot);

	if (value)
		__sync_fetch_and_add(value, MARK);
}

SEC("tc")
int tc_count(struct __sk_buff *skb)
{
	(void)skb;
	count(0);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int tc_mark(struct __sk_buff *skb)
{
	__u8 first = 0xaa;

	skb->mark = verdict_mark + skb->mark + skb->gso_size;
	skb->cb[0] = skb->ifindex;
	bpf_skb_store_bytes(skb, 0, &first, 1, 0);
	return (int)(wide + initial);
}

SEC("tc")
int tc_not_wanted(struct __sk_buff *skb)
{
	return skb->mark == 1 ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("xdp")
int xdp_count(struct xdp_md *ctx)
{
	(void)ctx;
	count(1);
	return XDP_PASS;
}

SEC("xdp")
int xdp_grow(struct xdp_md *ctx)
{
	if (bpf_xdp_adjust_head(ctx, -4))
		return XDP_ABORTED;

	return ctx->ingress_ifindex ? XDP_TX : XDP_DROP;
}

struct sum {
	__u32 a;
	__u32 b;
	__u64 result;
};

SEC("syscall")
int add(struct sum *ctx)
{
	ctx->result = (__u64)ctx->a + ctx->b;
	return 3;
}

char _license[] SEC("license") = "GPL";
