/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

SEC("tc")
int reads_past_the_packet(struct __sk_buff *skb)
{
	__u8 *data = (__u8 *)(long)skb->data;

	return data[100];
}

SEC("tc")
int harmless(struct __sk_buff *skb)
{
	(void)skb;
	return 0;
}

char _license[] SEC("license") = "GPL";
