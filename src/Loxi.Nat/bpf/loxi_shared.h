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
#define LOXI_LAYOUT 4

/* flow.last_seen counts CLOCK_MONOTONIC_COARSE in units of 2^24 ns (16.8 ms); 32 bits last 2.2 years. */
#define LOXI_TICK_SHIFT 24

#define LOXI_MAX_REASONS 64
#define LOXI_MAX_LINKS 4096
#define LOXI_MAX_MAGLEV_TABLES 4096
/* Endpoints whose next hop a CPU keeps; a power of two. Endpoints with the same number below it share a place. */
#define LOXI_WAYS 1024
#define LOXI_MAX_FRAGMENTS 16384
#define LOXI_MAX_RANGES 65536
#define LOXI_MAX_GROUPS 256
/* Bits of the map `dirty`: connections of which an event was lost. */
#define LOXI_DIRTY_BUCKETS 4096
/* Records of one call of loxi_import. */
#define LOXI_IMPORT_BATCH 512
/* Different sets of timeouts that loxi_sweep knows, and how many keys it finds at most in one pass. */
#define LOXI_SWEEP_CLASSES 256
#define LOXI_SWEEP_FOUND 16384
/* sweep_endpoint.class: its connections may be counted, the rest is the number of the class. */
#define LOXI_SWEEP_COUNTED 2147483648
#define LOXI_EVENTS_BYTES 1048576
#define LOXI_PUNTS_BYTES 4194304

/* Bytes of a refused packet that user space gets to build its answer from. */
#define LOXI_PUNT_HEAD 192
/* Bytes of a later fragment that user space can hold: a jumbo frame with two tags. */
#define LOXI_PUNT_WHOLE 9216
/* Punted packets per reason, CPU and 2^LOXI_TICK_SHIFT ns; more are counted and not punted. */
#define LOXI_PUNT_BURST 64

/* Endpoints that are tried for a free reverse key; other client ports come then. */
#define LOXI_ENDPOINT_ATTEMPTS 4
/* Source ports: random candidates before the whole slice is searched. */
#define LOXI_SOURCE_PORT_ATTEMPTS 16
/* Source ports that are given: 1024 to 65535. */
#define LOXI_FIRST_SOURCE_PORT 1024
#define LOXI_SOURCE_PORTS 64512
/* After a search of the whole slice that found nothing the next one waits for so many ticks (250 ms). */
#define LOXI_EXHAUSTED_TICKS 15
/* Members that least connections looks at for one connection. */
#define LOXI_LC_CANDIDATES 128

enum loxi_selection {
	LOXI_SELECTION_RR = 0,
	LOXI_SELECTION_HASH = 1,
	LOXI_SELECTION_WRR = 2,
	LOXI_SELECTION_PERSIST = 3,
	LOXI_SELECTION_LC = 4,
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
	LOXI_STATE_INIT = 9,           /* SCTP: INIT seen */
	LOXI_STATE_INIT_ACK = 10,      /* SCTP: INIT ACK seen */
	LOXI_STATE_COOKIE = 11,        /* SCTP: COOKIE ECHO seen */
	LOXI_STATE_SHUTDOWN = 12,      /* SCTP: SHUTDOWN or SHUTDOWN ACK seen */
};

/* flow.flags */
#define LOXI_FLOW_REVERSE 1
#define LOXI_FLOW_FIN 2
#define LOXI_FLOW_VLAN 4
#define LOXI_FLOW_LOOSE 8
#define LOXI_FLOW_SEQ_VALID 16
#define LOXI_FLOW_RST 32
/* The translated tuple, or the outer header, is of the other address family. */
#define LOXI_FLOW_CROSS 64
/* Direct server return: addresses and ports stay, there is no entry for the way back; xsaddr and xdaddr are those of the outer header. */
#define LOXI_FLOW_DIRECT 128
/* Direct server return in a tunnel (IPIP). */
#define LOXI_FLOW_TUNNEL 256
/* From another node: sequence numbers are not known until a packet has come. */
#define LOXI_FLOW_IMPORTED 512
/* Whether direct server return needs the tunnel is decided with each next hop: where a gateway is on the way. */
#define LOXI_FLOW_AUTO 1024
/* The maximum segment size of SYNs is lowered to what fits through the tunnel or the translation. */
#define LOXI_FLOW_CLAMP_MSS 2048

/* flow.extra of the forward entry; of the reverse entry: VLAN tags that packets leave with, the outer one in the high half. */
#define LOXI_EXTRA_COUNTED 2147483648 /* counted in endpoint_load.active */
#define LOXI_EXTRA_COUNTS 1073741824  /* its service counts connections: one that was taken for closed and goes on is counted again */
#define LOXI_EXTRA_GOING 536870912    /* somebody removes the connection, or brings it up to date: nobody else may (loxi_remove.h) */
#define LOXI_EXTRA_EMBRYO 536870911   /* 1 + its place in the embryos; 0: none */

/* control.flags */
#define LOXI_CONTROL_FLOW_EVENTS 1
/* There are services with a port range, with a block, with an unspecified VIP, groups with gates or redirects. */
#define LOXI_CONTROL_RANGES 2
#define LOXI_CONTROL_BLOCKS 4
#define LOXI_CONTROL_HOST 8
#define LOXI_CONTROL_GATES 16
#define LOXI_CONTROL_REDIRECT 32
/* Other nodes may hand packets over in a tunnel: LOXI_ADDRESS_PEER. */
#define LOXI_CONTROL_PEERS 64
/* An interface with XDP is a veth: the kernel wakes its far end for redirected frames, not for XDP_TX where the far end has no program. */
#define LOXI_CONTROL_NO_XDP_TX 128
/* The destination alone decides where a packet goes: no policy routing, no route with several ways or for some sources only. */
#define LOXI_CONTROL_ROUTES_BY_DESTINATION 256

/* service.flags */
#define LOXI_SERVICE_LOOSE 1
/* The source is rewritten to one of the endpoint's sources (not towards an endpoint on the node itself). */
#define LOXI_SERVICE_SNAT 2
#define LOXI_SERVICE_DSR 4
/* DSR: always, never in a tunnel; neither: where a gateway is on the way. */
#define LOXI_SERVICE_TUNNEL 8
#define LOXI_SERVICE_NO_TUNNEL 16
/* The maximum segment size of SYNs is lowered to what fits through the tunnel or the translation. */
#define LOXI_SERVICE_CLAMP_MSS 32

/* endpoint.flags. ACTIVE: its connections go on; whether it gets new ones is said by `members`. */
#define LOXI_ENDPOINT_ACTIVE 1
#define LOXI_ENDPOINT_IPV4 2
/* Not among the members: clients that are kept at an endpoint are not kept at this one either. */
#define LOXI_ENDPOINT_DRAINING 4

/* address.flags */
#define LOXI_ADDRESS_VIP 1
#define LOXI_ADDRESS_ENDPOINT 2
#define LOXI_ADDRESS_LOCAL 4
/* A source address that is given to connections. */
#define LOXI_ADDRESS_SOURCE 8
/* A node that may hand packets over in a tunnel. */
#define LOXI_ADDRESS_PEER 16

/* group.flags */
#define LOXI_GROUP_GATED 1
/* The VIPs are on a link that nodes share: new connections need answer_until too. */
#define LOXI_GROUP_L2 2
#define LOXI_GROUP_REDIRECT 4
/* With a redirect: packets of connections that this node has stay here; so do those that begin one. */
#define LOXI_GROUP_KEEPS 8
#define LOXI_GROUP_BEGINS 16
/* User space only: a redirect is described, and may begin. */
#define LOXI_GROUP_PREPARED 32

/* punt.flags: the packet was on its way out (hook of --egr-hooks), its sender is on this side of the interface. */
#define LOXI_PUNT_EGRESS 1

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
	LOXI_REASON_DROP_SCTP_TAG = 26,
	LOXI_REASON_DROP_GATE_CLOSED = 27,
	LOXI_REASON_DROP_ANSWER_CLOSED = 28,
	LOXI_REASON_DROP_BAD_CHECKSUM = 29,
	LOXI_REASON_DROP_NEIGHBOUR = 30,
	LOXI_REASON_REFUSED_NO_ENDPOINT = 32,
	LOXI_REASON_REFUSED_TABLE_FULL = 33,
	LOXI_REASON_REFUSED_COLLISION = 34,
	LOXI_REASON_REFUSED_NOT_SYN = 35,
	LOXI_REASON_REFUSED_ENDPOINT_DEAD = 36,
	LOXI_REASON_REFUSED_NO_ROUTE = 37,
	LOXI_REASON_REFUSED_TTL = 38,
	LOXI_REASON_REFUSED_TOO_BIG = 39,
	LOXI_REASON_HELD_FRAGMENT = 40,
	LOXI_REASON_REFUSED_PORTS_EXHAUSTED = 41,
	LOXI_REASON_REFUSED_NO_SOURCE = 42,
	LOXI_REASON_TRANSLATED_BY_NODE = 43, /* a fragment or ICMP error between the families: user space translates and sends it */
	LOXI_REASON_PUNT_SUPPRESSED = 48,
	LOXI_REASON_PUNT_LOST = 49,
	LOXI_REASON_EVENT_LOST = 50,
	LOXI_REASON_NEIGHBOUR_MISSING = 51,
	LOXI_REASON_COLLISION_RESOLVED = 52,
	LOXI_REASON_FLOW_REPLACED = 53,
	LOXI_REASON_EMBRYO_EVICTED = 54,
	LOXI_REASON_REDIRECTED_TO_PEER = 55,
	LOXI_REASON_TAKEN_FROM_PEER = 56,
};

enum loxi_event_type {
	LOXI_EVENT_NONE = 0,
	LOXI_EVENT_ESTABLISHED = 1,
	LOXI_EVENT_CLOSED = 2,
	LOXI_EVENT_NEIGHBOUR_MISSING = 3,
	LOXI_EVENT_FRAGMENT_READY = 4,
	LOXI_EVENT_REMOVED = 5, /* evicted or replaced; what user space removes it knows itself */
	LOXI_EVENT_CHANGED = 6, /* another state, open still: one end has closed, or that was taken back */
};

/* What became of a record of loxi_import. */
enum loxi_import_result {
	LOXI_IMPORT_NONE = 0,
	LOXI_IMPORT_INSERTED = 1,
	LOXI_IMPORT_UPDATED = 2,
	LOXI_IMPORT_DELETED = 3,
	LOXI_IMPORT_STALE = 4,    /* the table has a newer version; refresh: or was used later */
	LOXI_IMPORT_CONFLICT = 5, /* another connection with a newer version has the ports */
	LOXI_IMPORT_FULL = 6,
	LOXI_IMPORT_ABSENT = 7,   /* delete: there was none; refresh: or an older version */
	LOXI_IMPORT_MALFORMED = 8,
};

enum loxi_import_op {
	LOXI_IMPORT_OP_NONE = 0,
	LOXI_IMPORT_OP_PUT = 1,
	LOXI_IMPORT_OP_DELETE = 2,
	LOXI_IMPORT_OP_REFRESH = 3, /* used since: nothing but last_seen moves, and forward only */
};

/* What loxi_remove has done. */
enum loxi_removal_result {
	LOXI_REMOVAL_NONE = 0,  /* nothing: there is none, or somebody else is at it */
	LOXI_REMOVAL_HALF = 1,  /* one entry went, there was no other: direct server return, or half a connection */
	LOXI_REMOVAL_WHOLE = 2, /* both directions went */
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
	__u32 seq_next;   /* TCP: the sequence number after the last one sent in this direction; SCTP: the verification tag of this direction */
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
	__u8 vip_group;
	__u16 flags;      /* LOXI_FLOW_* */
	__u8 xsaddr6[16];
	__u8 xdaddr6[16];
	__u64 version;    /* term 24 bits, owner 8 bits, counter 32 bits */
	__u32 rule_generation;
	__u32 extra;      /* forward: LOXI_EXTRA_*, changed by atomic operations; reverse: VLAN tags that the packet leaves with, outer one in the high half */
};

struct loxi_service_key {
	__u8 vip[16];
	__u16 port;   /* of a range: the first one */
	__u8 proto;
	__u8 range;   /* 1: a range of ports, found by `ranges` */
	__u32 block;
};

/* Ports of a range are stored as prefixes: the longest match of (VIP, block, protocol, port). prefixlen counts bits from `vip` on. */
struct loxi_range_key {
	__u32 prefixlen;
	__u8 vip[16];
	__u32 block;
	__u8 proto;
	__u8 pad;
	__u16 port;
};

struct loxi_range {
	__u16 first; /* the port in the key of its service, network byte order */
	__u16 pad;
};

struct loxi_service {
	__u32 id;
	__u32 members_base;  /* first of members_count elements of `members`: endpoints that get new connections */
	__u32 members_count;
	__u32 maglev;        /* index into `maglev`, valid for LOXI_SELECTION_HASH and LOXI_SELECTION_PERSIST */
	__u32 maglev_size;   /* slots of that table */
	__u32 flags;         /* LOXI_SERVICE_* */
	__u32 weight_total;  /* WRR: weight_end of the last member */
	__u32 stride;        /* WRR: coprime to weight_total, 1 to weight_total */
	__u32 persist_ticks; /* PERSIST: ticks that a client keeps its endpoint after its last new connection */
	__u32 slow_start;    /* ticks in which an endpoint that came back gets from none to its whole share; 0: at once */
	__u8 vip_group;
	__u8 selection;      /* enum loxi_selection */
	__u8 mode;           /* of the service model, for whoever reads the table */
	__u8 pad;
	__u32 pad2;
};

/* An endpoint that gets new connections. */
struct loxi_member {
	__u32 endpoint;   /* index into endpoints */
	__u32 weight_end; /* the sum of the weights up to and including this one */
};

struct loxi_endpoint {
	__u8 addr[16];
	__u16 port;          /* 0: that of the packet */
	__u16 flags;         /* LOXI_ENDPOINT_* */
	__u32 service;
	__u32 sources_base;  /* first of sources_count addresses in `sources`, of the endpoint's family */
	__u32 sources_count;
	__u32 serial;        /* another one each time that the index is given */
	__u32 since;         /* tick at which it came back; 0: was always there */
	__u32 weight;
	__u32 pad;
};

struct loxi_source {
	__u8 addr[16];
};

/* Changed by packets: connections that are open, and when the last search for a source port found none. */
struct loxi_endpoint_load {
	__u32 active;
	__u32 exhausted; /* tick; 0: never */
};

struct loxi_persist_key {
	__u8 client[16];
	__u32 service;
};

struct loxi_persist {
	__u32 endpoint;
	__u32 serial; /* of the endpoint: another one, another endpoint */
	__u32 tick;   /* of the last new connection */
	__u32 pad;
};

/* A VIP group. Deadlines are CLOCK_MONOTONIC in ns. */
struct loxi_group {
	__u64 alive_until;  /* forwarding and new connections */
	__u64 answer_until; /* ARP and neighbour solicitations; LOXI_GROUP_L2: new connections too */
	__u32 flags;        /* LOXI_GROUP_* */
	__u32 peer_ifindex; /* redirect on a shared link; 0: in a tunnel */
	__u8 peer_mac[6];
	__u8 own_mac[6];
	__u8 peer_addr4[4];
	__u8 own_addr4[4];  /* source of the tunnel; 0: there is none */
	__u8 peer_addr6[16];
	__u8 own_addr6[16];
	__u32 used;         /* tick of the last packet that the redirect was for; 0: none yet */
	__u32 owner;        /* user space only: whose role keeps the gates open, node << 26 | low bits of the term; 0: nobody's */
	__u32 pad;
};

/* Connections that are being opened, of one family: a ring of their keys in embryos4 or embryos6. */
struct loxi_embryos {
	__u32 head;  /* the next place that is given */
	__u32 tail;  /* places before it hold nobody that is older */
	__u32 count;
	__u32 pad;
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
	__u32 embryo_quota;    /* connections that may be in the making, of each family */
	__u32 embryo_slots;    /* elements of embryos4 and embryos6 */
	__u32 port_first;      /* this node's slice of source ports */
	__u32 port_count;
};

struct loxi_address_key {
	__u8 addr[16];
};

struct loxi_address {
	__u32 flags;     /* LOXI_ADDRESS_* */
	__u32 vip_group; /* of a VIP or source address; of an endpoint: that of one of its services */
};

struct loxi_link {
	__u32 flags; /* LOXI_LINK_* */
};

/* Where packets to an endpoint go, kept by each CPU for the next connections to it. */
struct loxi_way {
	__u32 generation;
	__u32 endpoint;
	__u32 from;    /* interface that they came in by */
	__u32 ifindex;
	__u8 dmac[6];
	__u8 smac[6];
	__u32 tick;    /* when the kernel was asked */
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
	__u16 flags; /* LOXI_FLOW_* of the entry of this direction */
	__u8 vip_group;
	__u8 pad;
	/* Of connections: the translated tuple of the entry (for LOXI_FLOW_CROSS of the other family). With it both directions are known. */
	__u8 xsaddr[16];
	__u8 xdaddr[16];
	__u16 xsport;
	__u16 xdport;
	__u32 pad2;
	__u64 version;
};

/* A connection of another node, by what both ends see. Addresses are v4-mapped where IPv4. */
struct loxi_import {
	__u8 client[16];
	__u8 vip[16];
	__u8 source[16];   /* the client as the endpoint sees it */
	__u8 target[16];   /* the endpoint's address; DSR: the destination of the tunnel */
	__u16 client_port; /* ICMP echo: the identifier */
	__u16 vip_port;
	__u16 source_port;
	__u16 target_port;
	__u32 endpoint;    /* index into endpoints */
	__u32 age;         /* ticks since the last packet */
	__u64 version;
	__u8 layout;       /* LOXI_LAYOUT */
	__u8 op;           /* enum loxi_import_op */
	__u8 proto;
	__u8 state;        /* enum loxi_flow_state */
	__u16 flags;       /* of LOXI_FLOW_*: CROSS, DIRECT, TUNNEL, LOOSE */
	__u8 vip_group;
	__u8 result;       /* enum loxi_import_result, written by the program */
};

struct loxi_import_call {
	__u32 count; /* records in `imports`, from the first on */
	__u32 tick;  /* now */
};

/* A connection that user space takes out. */
struct loxi_removal {
	__u8 key[40];  /* of either direction: loxi_flow_key4 or loxi_flow_key6 */
	__u32 family;
	__u32 now;     /* tick */
	__u32 result;  /* enum loxi_removal_result, written by the program */
};

/* An endpoint in a sweep: what the program has to know, and what it has found. */
struct loxi_sweep_endpoint {
	__u32 class;
	__u32 active;  /* connections */
	__u32 counted; /* those of them that are in endpoint_load.active */
	__u32 pad;
};

/* Ticks that a connection may be silent: [TCP, UDP, SCTP, ICMP][0: confirmed, 1: LOXI_FLOW_LOOSE][state] */
struct loxi_sweep_limits {
	__u32 ticks[128];
};

struct loxi_sweep_call {
	__u32 family;
	__u32 now;         /* tick */
	__u32 connections; /* that stay */
	__u32 embryos;     /* those of them that are in the making */
	__u32 found;       /* keys of entries that were silent for too long; LOXI_SWEEP_FOUND: there may be more */
	__u32 open_limit;  /* the least of all limits of open connections, in ticks: one that was heard of since then is not over */
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
	__u32 flags;    /* LOXI_PUNT_* */
	__u32 pad;
};

struct loxi_punt_limit {
	__u32 tick;
	__u32 count;
};

#endif
