/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is known of a packet, and the headers that are read from it. */
#ifndef LOXI_PACKET_H
#define LOXI_PACKET_H

#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "loxi_ctx.h"

#define LOXI_IP_OFFSET_MASK 0x1fff
#define LOXI_IP_MORE_FRAGMENTS 0x2000
#define LOXI_MAX_TAGS 2
/* Deeper chains are dropped when they are for a service: hop-by-hop, destination, fragment, destination is the longest legal one without routing. */
#define LOXI_MAX_EXTENSION_HEADERS 4

#define LOXI_TCP_FIN 0x01
#define LOXI_TCP_SYN 0x02
#define LOXI_TCP_RST 0x04
#define LOXI_TCP_ACK 0x10

enum loxi_fragment_kind {
	LOXI_NOT_FRAGMENTED = 0,
	LOXI_FIRST_FRAGMENT = 1,
	LOXI_LATER_FRAGMENT = 2,
};

/* Chunk types of SCTP that move the state of an association (RFC 9260 3.2). */
enum loxi_sctp_chunk {
	LOXI_SCTP_INIT = 1,
	LOXI_SCTP_INIT_ACK = 2,
	LOXI_SCTP_ABORT = 6,
	LOXI_SCTP_SHUTDOWN = 7,
	LOXI_SCTP_SHUTDOWN_ACK = 8,
	LOXI_SCTP_COOKIE_ECHO = 10,
	LOXI_SCTP_COOKIE_ACK = 11,
	LOXI_SCTP_SHUTDOWN_COMPLETE = 14,
};

/* ABORT and SHUTDOWN COMPLETE: the verification tag is the receiver's own, reflected. */
#define LOXI_SCTP_FLAG_T 1

/* The common header and the head of the first chunk. */
struct loxi_sctphdr {
	__be16 source;
	__be16 dest;
	__be32 tag;
	__le32 checksum;
	__u8 chunk;
	__u8 flags;
	__be16 length;
	__be32 init_tag; /* of INIT and INIT ACK */
};
/* Packets of one chunk without a body end before init_tag. */
#define LOXI_SCTP_LEAST 16

enum loxi_icmp_kind {
	LOXI_ICMP_OTHER = 0,
	LOXI_ICMP_REQUEST = 1,
	LOXI_ICMP_REPLY = 2,
	LOXI_ICMP_ERROR = 3,
};

/* <linux/icmp.h> needs the C library's headers. The ICMPv6 header begins alike. RFC 792. */
#define ICMP_ECHOREPLY 0
#define ICMP_DEST_UNREACH 3
#define ICMP_ECHO 8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETERPROB 12

struct icmphdr {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be16 id;
	__be16 sequence;
};

struct loxi_vlan_header {
	__be16 tci;
	__be16 proto;
};

struct loxi_fragment_header {
	__u8 next;
	__u8 reserved;
	__be16 offset;
	__be32 id;
};

struct loxi_packet {
	union {
		struct loxi_flow_key4 key4;
		struct loxi_flow_key6 key6;
	};
	__u32 length;      /* from the IP header on, all segments of a GSO frame */
	__u32 seq;         /* TCP: sequence number, and the one after this segment; SCTP: verification tag */
	__u32 seq_end;
	__u32 ack;         /* SCTP: initiate tag */
	__u32 fragment_id;
	__u16 l3;          /* offsets from the start of the frame */
	__u16 l4;
	__u16 vlan[LOXI_MAX_TAGS];
	__u16 headers;     /* bytes of the IP and upper-layer headers */
	__u16 error;       /* enum loxi_reason: why the packet cannot be balanced, if it is for a service */
	__u8 tags;         /* tags in vlan[], of which tags_inline are in the frame itself */
	__u8 tags_inline;
	__u8 family;       /* 4, 6; 0: not IP */
	__u8 proto;        /* upper-layer protocol; ICMPv6 is IPPROTO_ICMPV6 */
	__u8 ttl;
	__u8 tcp_flags;
	__u8 chunk;        /* enum loxi_sctp_chunk: type of the first chunk */
	__u8 chunk_flags;
	__u8 fragment;     /* enum loxi_fragment_kind */
	__u8 icmp;         /* enum loxi_icmp_kind */
	__u8 from_peer;    /* another node handed it over */
	__u8 plain;        /* no options, no extension headers */
	__u8 pad[2];
	__u32 mark;        /* of the skb */
	__u64 version;     /* of the connection that this packet begins anew, else 0 */
} __attribute__((aligned(8)));

#endif
