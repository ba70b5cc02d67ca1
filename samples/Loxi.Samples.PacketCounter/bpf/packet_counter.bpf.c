/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct counter {
	__u64 packets;
	__u64 bytes;
};

/* First packet of a protocol. */
struct sighting {
	__u32 protocol;
	__u32 length;
};

/* Index: IP protocol number; 256: not IP. */
#define NOT_IP 256

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NOT_IP + 1);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} sightings SEC(".maps");

/* Report a protocol when this CPU sees it for the first time. */
const volatile _Bool report_new = 1;

static __always_inline void count(void *data, void *end, __u32 length)
{
	struct ethhdr *eth = data;
	__u32 protocol = NOT_IP;
	struct counter *counter;

	if ((void *)(eth + 1) > end)
		return;

	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) <= end)
			protocol = ip->protocol;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = (void *)(eth + 1);

		if ((void *)(ip6 + 1) <= end)
			protocol = ip6->nexthdr;
	}

	counter = bpf_map_lookup_elem(&counters, &protocol);
	if (!counter)
		return;

	if (report_new && counter->packets == 0) {
		struct sighting *sighting = bpf_ringbuf_reserve(&sightings, sizeof(*sighting), 0);

		if (sighting) {
			sighting->protocol = protocol;
			sighting->length = length;
			bpf_ringbuf_submit(sighting, 0);
		}
	}

	counter->packets++;
	counter->bytes += length;
}

SEC("tc")
int count_tc(struct __sk_buff *skb)
{
	count((void *)(long)skb->data, (void *)(long)skb->data_end, skb->len);
	return TC_ACT_UNSPEC;
}

SEC("xdp")
int count_xdp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;

	count(data, end, (__u32)(end - data));
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
