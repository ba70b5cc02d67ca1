/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

struct request {
	__u32 count;
	__u32 first;
	__u32 discard_odd;
	__u32 lost;
};

struct event {
	__u32 number;
	__u32 twice;
	__u8 tail[3];
};

SEC("syscall")
int produce(struct request *ctx)
{
	for (__u32 i = 0; i < 1000; i++) {
		struct event *event;

		if (i >= ctx->count)
			break;

		event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
		if (!event) {
			ctx->lost++;
			continue;
		}

		event->number = ctx->first + i;
		event->twice = event->number * 2;
		event->tail[2] = 0x7f;
		if (ctx->discard_odd && (event->number & 1))
			bpf_ringbuf_discard(event, 0);
		else
			bpf_ringbuf_submit(event, 0);
	}

	return 0;
}

char _license[] SEC("license") = "GPL";
