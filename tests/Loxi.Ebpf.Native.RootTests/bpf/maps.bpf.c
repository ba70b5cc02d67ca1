/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/pkt_cls.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} a_hash_with_a_long_name SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} per_cpu SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u64);
	__array(values, struct inner);
} outer_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} tails SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} mapped SEC(".maps");

SEC("tc")
int touch(struct __sk_buff *skb)
{
	__u32 zero = 0, three = 3;
	__u32 *value = bpf_map_lookup_elem(&per_cpu, &zero);
	__u64 *word = bpf_map_lookup_elem(&mapped, &three);

	if (value)
		*value += 1;
	if (word)
		*word += 10;

	bpf_tail_call(skb, &tails, 1);
	return 50;
}

SEC("tc")
int tail(struct __sk_buff *skb)
{
	(void)skb;
	return 60;
}

SEC("tc")
int read_inner(struct __sk_buff *skb)
{
	__u32 slot = skb->mark, index = 7, *value;
	void *inner = bpf_map_lookup_elem(&outer, &slot);

	if (!inner)
		return -1;

	value = bpf_map_lookup_elem(inner, &index);
	return value ? (int)*value : -2;
}

char _license[] SEC("license") = "GPL";
