/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Every map. User space sets the sizes of the large ones before it loads, pins all of them and shares them between the hooks. */
#ifndef LOXI_MAPS_H
#define LOXI_MAPS_H

#include "loxi_ctx.h"
#include "loxi_parse.h"

union loxi_flow_key {
	struct loxi_flow_key4 key4;
	struct loxi_flow_key6 key6;
};

#define LOXI_MAP(NAME, TYPE, KEY, VALUE, ENTRIES, FLAGS) \
	struct {                                         \
		__uint(type, TYPE);                      \
		__uint(max_entries, ENTRIES);            \
		__uint(map_flags, FLAGS);                \
		__type(key, KEY);                        \
		__type(value, VALUE);                    \
	} NAME SEC(".maps")

LOXI_MAP(control, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_control, 1, BPF_F_MMAPABLE);

LOXI_MAP(flow4, BPF_MAP_TYPE_HASH, struct loxi_flow_key4, struct loxi_flow, 131072, 0);
LOXI_MAP(flow6, BPF_MAP_TYPE_HASH, struct loxi_flow_key6, struct loxi_flow, 131072, 0);

LOXI_MAP(services, BPF_MAP_TYPE_HASH, struct loxi_service_key, struct loxi_service, 65536, 0);
LOXI_MAP(ranges, BPF_MAP_TYPE_LPM_TRIE, struct loxi_range_key, struct loxi_range, LOXI_MAX_RANGES, BPF_F_NO_PREALLOC);
LOXI_MAP(rotation, BPF_MAP_TYPE_ARRAY, __u32, __u64, 65536, 0);
LOXI_MAP(members, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_member, 262144, 0);
LOXI_MAP(endpoints, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_endpoint, 131072, 0);
LOXI_MAP(endpoint_load, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_endpoint_load, 131072, BPF_F_MMAPABLE);
LOXI_MAP(sources, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_source, 65536, 0);
LOXI_MAP(persist, BPF_MAP_TYPE_LRU_HASH, struct loxi_persist_key, struct loxi_persist, 131072, 0);
LOXI_MAP(groups, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_group, LOXI_MAX_GROUPS, BPF_F_MMAPABLE);
LOXI_MAP(addresses, BPF_MAP_TYPE_HASH, struct loxi_address_key, struct loxi_address, 262144, BPF_F_NO_PREALLOC);
LOXI_MAP(links, BPF_MAP_TYPE_HASH, __u32, struct loxi_link, LOXI_MAX_LINKS, 0);

/* Connections in the making: their forward keys in the order of their first packets; a key of zeros is a free place. [0] IPv4, [1] IPv6. */
LOXI_MAP(embryos, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_embryos, 2, BPF_F_MMAPABLE);
LOXI_MAP(embryos4, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_flow_key4, 65536, 0);
LOXI_MAP(embryos6, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_flow_key6, 65536, 0);
/* One bit for each bucket of connections of which an event was lost. */
LOXI_MAP(dirty, BPF_MAP_TYPE_ARRAY, __u32, __u64, LOXI_DIRTY_BUCKETS / 64, BPF_F_MMAPABLE);
LOXI_MAP(imports, BPF_MAP_TYPE_ARRAY, __u32, struct loxi_import, LOXI_IMPORT_BATCH, BPF_F_MMAPABLE);

LOXI_MAP(ways, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct loxi_way, LOXI_WAYS, 0);

LOXI_MAP(fragments, BPF_MAP_TYPE_LRU_HASH, struct loxi_fragment_key, struct loxi_fragment, LOXI_MAX_FRAGMENTS, 0);

LOXI_MAP(endpoint_stats, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct loxi_endpoint_stats, 131072, 0);
LOXI_MAP(service_stats, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct loxi_service_stats, 65536, 0);
LOXI_MAP(reason_stats, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct loxi_reason_stats, LOXI_MAX_REASONS, 0);
LOXI_MAP(punt_limits, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct loxi_punt_limit, LOXI_MAX_REASONS, 0);

/* Tables are made by user space, one for each set of members, each with its own number of slots (BPF_F_INNER_MAP, Linux 5.10). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, LOXI_MAX_MAGLEV_TABLES);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__uint(map_flags, BPF_F_INNER_MAP);
		__uint(key_size, sizeof(__u32));
		__uint(value_size, sizeof(struct loxi_maglev_slots));
	});
} maglev SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, LOXI_EVENTS_BYTES);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, LOXI_PUNTS_BYTES);
} punts SEC(".maps");

#ifdef LOXI_XDP
/* The interfaces that XDP may send to. A next hop on another one is left to the kernel. */
LOXI_MAP(tx_ports, BPF_MAP_TYPE_DEVMAP_HASH, __u32, __u32, LOXI_MAX_LINKS, 0);
#endif

enum loxi_hop {
	LOXI_HOP_CACHED = 0,    /* ifindex, dmac and smac of the entry are good */
	LOXI_HOP_NEIGHBOUR = 1, /* route known, neighbour not: the kernel resolves it */
	LOXI_HOP_KERNEL = 2,    /* for the node itself, or a route that only the kernel can follow */
	LOXI_HOP_NO_ROUTE = 3,
	LOXI_HOP_BLACKHOLE = 4,
};

struct loxi_next_hop {
	__u32 kind;    /* enum loxi_hop */
	__u32 ifindex;
	__u32 family;  /* of the gateway: AF_INET or AF_INET6 */
	__u32 local;   /* the destination is this node */
	__u8 gateway[16];
};

/* As long as nobody has asked the routes: where the flow went before. */
static __always_inline void loxi_hop_cached(struct loxi_next_hop *hop)
{
	hop->kind = LOXI_HOP_CACHED;
	hop->local = 0;
}

/* The search for a source address and port. */
struct loxi_port_search {
	__u32 first;     /* of the slice of ports */
	__u32 count;
	__u32 own;       /* the client's own port */
	__u32 start;     /* where the search of whole slices begins: the port, and the turn of the address */
	__u32 turn;
	__u32 scan;      /* steps of that search; 0: none */
	__u32 scanned;   /* one for this packet has been made */
	__u32 base;      /* of the endpoint's run of `sources`; addresses 0: the one that is in the entry */
	__u32 addresses;
	__u32 paired;    /* the client's address of them */
	__u32 result;    /* enum loxi_attempt */
	__u32 proto;     /* of the endpoint's family */
};

/*
 * What is too large for the stack, of which a chain of calls has 512 bytes in all: the parsed packet, both values of a new connection,
 * the key of the second, the key of any other direction, of one that is taken out of the ring, next hop and question to the kernel's routes.
 */
struct loxi_scratch {
	struct loxi_packet packet;
	struct loxi_flow forward;
	struct loxi_flow reverse;
	union loxi_flow_key key;
	union loxi_flow_key other;
	union loxi_flow_key embryo;
	struct loxi_next_hop hop;
	struct loxi_port_search ports;
	__u32 full;   /* family of the table that had no room */
	__u32 choice; /* first member of the service, or with LOXI_KEPT the endpoint that the client had */
	struct bpf_fib_lookup fib;
};
LOXI_MAP(scratch, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct loxi_scratch, 1, 0);

static __always_inline struct loxi_scratch *loxi_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

#endif
