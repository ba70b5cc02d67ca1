/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the packet programs and user space share: keys, values, records and
 * constants. The C# mirrors (Tables/Shared.g.cs) are generated from this file;
 * a test fails when they differ. Keep to the little grammar that the generator
 * reads: #define with an integer, enum with explicit values, struct of __uN and
 * arrays of __uN. Addresses and ports are in network byte order, all else in
 * host byte order. IPv4 addresses in 16-byte fields are v4-mapped.
 */
#ifndef LOXI_SHARED_H
#define LOXI_SHARED_H

/* Pinned beside the maps; a change of any key, value or map needs a new number. */
#define LOXI_LAYOUT 2

/* flow.last_seen counts CLOCK_MONOTONIC_COARSE in units of 2^24 ns (16.8 ms); 32 bits last 2.2 years. */
#define LOXI_TICK_SHIFT 24

#define LOXI_MAX_REASONS 64
#define LOXI_MAX_LINKS 4096
#define LOXI_MAX_MAGLEV_TABLES 4096
#define LOXI_MAX_FRAGMENTS 16384
#define LOXI_EVENTS_BYTES 1048576
#define LOXI_PUNTS_BYTES 4194304

/* Bytes of a refused packet that user space gets to build its answer from. */
#define LOXI_PUNT_HEAD 192
/* Bytes of a later fragment that user space can hold: a jumbo frame with two tags. */
#define LOXI_PUNT_WHOLE 9216
/* Punted packets per reason, CPU and 2^LOXI_TICK_SHIFT ns; more are counted and not punted. */
#define LOXI_PUNT_BURST 64

/* Attempts for a free reverse key: other endpoints first, other client ports then. */
#define LOXI_ENDPOINT_ATTEMPTS 4
#define LOXI_PORT_ATTEMPTS 8

enum loxi_selection {
	LOXI_SELECTION_RR = 0,
	LOXI_SELECTION_HASH = 1,
};

enum loxi_flow_state {
	LOXI_STATE_NONE = 0,
	LOXI_STATE_SYN_SENT = 1,
	LOXI_STATE_SYN_RECEIVED = 2,
	LOXI_STATE_ESTABLISHED = 3,
	LOXI_STATE_HALF_CLOSED = 4,
	LOXI_STATE_CLOSING = 5,
	LOXI_STATE_RESET = 6,
	LOXI_STATE_ONE_WAY = 7,
	LOXI_STATE_TWO_WAY = 8,
};

/* flow.flags */
#define LOXI_FLOW_REVERSE 1
#define LOXI_FLOW_FIN 2
#define LOXI_FLOW_VLAN 4
#define LOXI_FLOW_LOOSE 8
#define LOXI_FLOW_SEQ_VALID 16
#define LOXI_FLOW_RST 32

/* control.flags */
#define LOXI_CONTROL_FLOW_EVENTS 1

/* service.flags */
#define LOXI_SERVICE_LOOSE 1

/* endpoint.flags */
#define LOXI_ENDPOINT_ACTIVE 1

/* address.flags */
#define LOXI_ADDRESS_VIP 1
#define LOXI_ADDRESS_ENDPOINT 2
#define LOXI_ADDRESS_LOCAL 4

/* link.flags */
#define LOXI_LINK_VLAN_DEVICE 1

/* Why a packet was passed to the kernel, dropped or refused. The numbers are stable: they are counter indices. */
enum loxi_reason {
	LOXI_REASON_NONE = 0,
	LOXI_REASON_PASS_NOT_IP = 2,
	LOXI_REASON_PASS_NO_SERVICE = 3,
	LOXI_REASON_PASS_REWRITTEN = 4,
	LOXI_REASON_PASS_ICMP_UNRELATED = 5,
	LOXI_REASON_PASS_MALFORMED_IP = 6,
	LOXI_REASON_DROP_MALFORMED = 16,
	LOXI_REASON_DROP_TINY_FRAGMENT = 17,
	LOXI_REASON_DROP_OVERLAPPING_FRAGMENT = 18,
	LOXI_REASON_DROP_ROUTING_HEADER = 19,
	LOXI_REASON_DROP_HEADER_CHAIN = 20,
	LOXI_REASON_DROP_REWRITE = 21,
	LOXI_REASON_DROP_RST_OUT_OF_WINDOW = 22,
	LOXI_REASON_DROP_BLACKHOLE = 23,
	LOXI_REASON_DROP_RACE = 24,
	LOXI_REASON_DROP_INTERNAL = 25,
	LOXI_REASON_REFUSED_NO_ENDPOINT = 32,
	LOXI_REASON_REFUSED_TABLE_FULL = 33,
	LOXI_REASON_REFUSED_COLLISION = 34,
	LOXI_REASON_REFUSED_NOT_SYN = 35,
	LOXI_REASON_REFUSED_ENDPOINT_DEAD = 36,
	LOXI_REASON_REFUSED_NO_ROUTE = 37,
	LOXI_REASON_REFUSED_TTL = 38,
	LOXI_REASON_REFUSED_TOO_BIG = 39,
	LOXI_REASON_HELD_FRAGMENT = 40,
	LOXI_REASON_PUNT_SUPPRESSED = 48,
	LOXI_REASON_PUNT_LOST = 49,
	LOXI_REASON_EVENT_LOST = 50,
	LOXI_REASON_NEIGHBOUR_MISSING = 51,
	LOXI_REASON_COLLISION_RESOLVED = 52,
	LOXI_REASON_FLOW_REPLACED = 53,
};

enum loxi_event_type {
	LOXI_EVENT_NONE = 0,
	LOXI_EVENT_ESTABLISHED = 1,
	LOXI_EVENT_CLOSED = 2,
	LOXI_EVENT_NEIGHBOUR_MISSING = 3,
	LOXI_EVENT_FRAGMENT_READY = 4,
};

struct loxi_flow_key4 {
	__u32 saddr;
	__u32 daddr;
	__u16 sport; /* ICMP echo request: the identifier; echo reply: 0 */
	__u16 dport; /* ICMP echo reply: the identifier; echo request: 0 */
	__u8 proto;
	__u8 pad[3];
};

struct loxi_flow_key6 {
	__u8 saddr[16];
	__u8 daddr[16];
	__u16 sport;
	__u16 dport;
	__u8 proto;
	__u8 pad[3];
};

/*
 * One direction of a connection. The first 64 bytes are all that a packet of an
 * established IPv4 connection touches. The entry says how the packet shall look
 * when it leaves: the key of the other direction is (xdaddr, xsaddr, xdport, xsport).
 */
struct loxi_flow {
	__u32 last_seen;  /* ticks, see LOXI_TICK_SHIFT */
	__u32 seq_next;   /* TCP: the sequence number after the last one sent in this direction */
	__u64 packets;
	__u64 bytes;      /* from the IP header on */
	__u32 xsaddr4;    /* translated source and destination */
	__u32 xdaddr4;
	__u16 xsport;
	__u16 xdport;
	__u32 ifindex;    /* next hop, as the kernel's tables said at `generation` */
	__u8 dmac[6];
	__u8 smac[6];
	__u32 generation; /* control.generation when the next hop and the endpoint were checked */
	__u32 endpoint;   /* index into endpoints */
	__u8 state;       /* enum loxi_flow_state, the same in both directions */
	__u8 flags;       /* LOXI_FLOW_* */
	__u16 vip_group;
	__u8 xsaddr6[16];
	__u8 xdaddr6[16];
	__u64 version;    /* term 24 bits, owner 8 bits, counter 32 bits */
	__u32 rule_generation;
	__u16 vlan[2];    /* tags that the packet leaves with, outer first; 0 = none */
};

struct loxi_service_key {
	__u8 vip[16];
	__u16 port;
	__u8 proto;
	__u8 pad;
	__u32 block;
};

struct loxi_service {
	__u32 id;
	__u32 members_base;  /* first of members_count indices of active endpoints in `members` */
	__u32 members_count;
	__u32 maglev;        /* index into `maglev`, valid for LOXI_SELECTION_HASH */
	__u32 maglev_size;   /* slots of that table */
	__u32 flags;         /* LOXI_SERVICE_* */
	__u16 vip_group;
	__u8 selection;      /* enum loxi_selection */
	__u8 mode;           /* 0: default NAT */
	__u32 pad;
};

struct loxi_endpoint {
	__u8 addr[16];
	__u16 port;
	__u16 flags; /* LOXI_ENDPOINT_* */
	__u32 service;
	__u32 pad[2];
};

/* Four table slots an element: an array map rounds its elements up to 8 bytes. */
struct loxi_maglev_slots {
	__u16 member[4];
};

struct loxi_endpoint_stats {
	__u64 packets_in;  /* towards the endpoint */
	__u64 bytes_in;
	__u64 packets_out; /* towards the client */
	__u64 bytes_out;
	__u64 flows;       /* connections created */
};

struct loxi_service_stats {
	__u64 flows;
	__u64 refused;
};

struct loxi_reason_stats {
	__u64 packets;
	__u64 bytes;
};

struct loxi_control {
	__u32 generation;      /* moves when a route, neighbour, link or endpoint changed */
	__u32 rule_generation;
	__u64 hash_seed;
	__u64 version_base;    /* term and owner of new entries */
	__u32 min_mtu;         /* smaller packets fit every link */
	__u32 flags;           /* LOXI_CONTROL_* */
};

struct loxi_address_key {
	__u8 addr[16];
};

struct loxi_address {
	__u32 flags; /* LOXI_ADDRESS_* */
};

struct loxi_link {
	__u32 flags; /* LOXI_LINK_* */
};

struct loxi_fragment_key {
	__u8 saddr[16];
	__u8 daddr[16];
	__u32 id;
	__u8 proto; /* IPv6: 0. Fragments of one datagram may name different next headers (RFC 8200 4.5) */
	__u8 pad[3];
};

struct loxi_fragment {
	__u16 sport;
	__u16 dport;
	__u8 pass;  /* 1: the first fragment matched nothing and went to the kernel */
	__u8 proto; /* upper-layer protocol of the first fragment */
	__u8 pad[2];
	__u32 tick; /* when the first fragment came */
};

struct loxi_event {
	__u64 time; /* CLOCK_MONOTONIC, ns */
	__u8 saddr[16];
	__u8 daddr[16];
	__u16 sport;
	__u16 dport;
	__u8 proto;
	__u8 type;   /* enum loxi_event_type */
	__u8 family; /* 4 or 6 */
	__u8 state;  /* enum loxi_flow_state */
	__u32 endpoint;
	__u32 ifindex;
	__u32 id;    /* fragments: the identification */
	__u32 pad;
};

/* Followed by `captured` bytes of the frame, from the Ethernet header on (tags of the skb are in vlan). */
struct loxi_punt {
	__u64 time;
	__u32 ifindex;
	__u32 length;   /* of the frame */
	__u32 captured;
	__u16 reason;   /* enum loxi_reason */
	__u16 mtu;      /* LOXI_REASON_REFUSED_TOO_BIG: the MTU to tell */
	__u16 vlan[2];
	__u32 service;
};

struct loxi_punt_limit {
	__u32 tick;
	__u32 count;
};

#endif
