/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the kernel and the CPU allow at best: the least that a balancer can do for a packet, without any of the checks that a
 * product needs. IPv4 TCP only. Loxi's own programs are measured beside these, in the same run.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#ifdef LOXI_XDP
#define CTX struct xdp_md
#define SECTION "xdp.frags"
#define BROKEN XDP_ABORTED
#define SENT XDP_TX
#else
#define CTX struct __sk_buff
#define SECTION "tc"
#define BROKEN TC_ACT_SHOT
#define SENT TC_ACT_REDIRECT
#endif

#define RING_SLOTS 65537

struct floor_key {
	__u32 saddr;
	__u32 daddr;
	__u16 sport;
	__u16 dport;
	__u8 proto;
	__u8 pad[3];
};

struct floor_flow {
	__u32 addr;
	__u16 port;
	__u8 service;
	__u8 state;
	__u8 dmac[6];
	__u8 smac[6];
	__u32 pad;
	__u64 last_seen;
	__u64 packets;
	__u64 bytes;
	__u64 pad2[2];
};

struct floor_endpoint {
	__u32 addr;
	__u16 port;
	__u8 mac[6];
	__u32 pad;
};

struct floor_service_key {
	__u32 addr;
	__u16 port;
	__u8 proto;
	__u8 pad;
};

struct floor_stats {
	__u64 packets;
	__u64 bytes;
};

#define FLOOR_MAP(NAME, TYPE, KEY, VALUE, ENTRIES) \
	struct {                                   \
		__uint(type, TYPE);                \
		__uint(max_entries, ENTRIES);      \
		__type(key, KEY);                  \
		__type(value, VALUE);              \
	} NAME SEC(".maps")

FLOOR_MAP(flows, BPF_MAP_TYPE_HASH, struct floor_key, struct floor_flow, 1 << 20);
FLOOR_MAP(services, BPF_MAP_TYPE_HASH, struct floor_service_key, __u64, 1024);
FLOOR_MAP(ring, BPF_MAP_TYPE_ARRAY, __u32, __u32, RING_SLOTS);
FLOOR_MAP(endpoints, BPF_MAP_TYPE_ARRAY, __u32, struct floor_endpoint, 64);
#ifdef LOXI_XDP
FLOOR_MAP(ports, BPF_MAP_TYPE_DEVMAP_HASH, __u32, __u32, 64);
#endif
FLOOR_MAP(stats, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct floor_stats, 1024);

struct frame {
	struct ethhdr *eth;
	struct iphdr *ip;
	struct tcphdr *tcp;
};

volatile __u64 floor_sink = 0;

static __always_inline int parse(CTX *ctx, struct frame *f)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	f->eth = data;
	f->ip = (void *)(f->eth + 1);
	f->tcp = (void *)(f->ip + 1);
	if ((void *)(f->tcp + 1) > end || f->eth->h_proto != bpf_htons(ETH_P_IP))
		return -1;
	return f->ip->ihl == 5 && f->ip->protocol == IPPROTO_TCP && !(f->ip->frag_off & bpf_htons(0x3fff)) ? 0 : -1;
}

static __always_inline void make_key(const struct frame *f, struct floor_key *key)
{
	key->saddr = f->ip->saddr;
	key->daddr = f->ip->daddr;
	key->sport = f->tcp->source;
	key->dport = f->tcp->dest;
	key->proto = f->ip->protocol;
	key->pad[0] = key->pad[1] = key->pad[2] = 0;
}

static __always_inline void add_delta(__u16 *sum, __u32 from, __u32 to)
{
	__u32 c = (__u16)~*sum + (__u16)~(from & 0xffff) + (__u16)~(from >> 16) + (to & 0xffff) + (to >> 16);

	c = (c & 0xffff) + (c >> 16);
	c = (c & 0xffff) + (c >> 16);
	*sum = ~c;
}

static __always_inline void decrement_ttl(struct iphdr *ip)
{
	__u32 check = ip->check;

	check += bpf_htons(0x0100);
	ip->check = check + (check >= 0xffff);
	ip->ttl--;
}

static __always_inline void rewrite(struct frame *f, __u32 addr, __u16 port, const __u8 *dmac, const __u8 *smac)
{
	__u32 old = f->ip->daddr;
	__u16 old_port = f->tcp->dest;

	f->ip->daddr = addr;
	f->tcp->dest = port;
	add_delta(&f->ip->check, old, addr);
	add_delta(&f->tcp->check, old, addr);
	add_delta(&f->tcp->check, old_port, port);
	decrement_ttl(f->ip);
	__builtin_memcpy(f->eth->h_dest, dmac, 6);
	__builtin_memcpy(f->eth->h_source, smac, 6);
}

/* Last seen by the coarse clock, packets and bytes of the flow, per-CPU counter of the service. */
static __always_inline void account(struct floor_flow *flow, const struct frame *f)
{
	__u32 service = flow->service;
	struct floor_stats *s = bpf_map_lookup_elem(&stats, &service);

	flow->last_seen = bpf_ktime_get_coarse_ns();
	flow->packets++;
	flow->bytes += bpf_ntohs(f->ip->tot_len);
	if (s) {
		s->packets++;
		s->bytes += bpf_ntohs(f->ip->tot_len);
	}
}

SEC(SECTION)
int f_parse(CTX *ctx)
{
	struct frame f;
	struct floor_key key;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	floor_sink = key.saddr ^ key.daddr ^ key.sport ^ key.dport;
	return SENT;
}

SEC(SECTION)
int f_lookup(CTX *ctx)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow *flow;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	floor_sink = flow->addr;
	return SENT;
}

#ifdef LOXI_XDP
/* The XDP floor: direct writes, checksums updated in place. */
static __always_inline int translate(CTX *ctx)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow *flow;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	account(flow, &f);
	rewrite(&f, flow->addr, flow->port, flow->dmac, flow->smac);
	return SENT;
}

/* Back out of the interface that it came from. */
SEC(SECTION)
int f_nat(CTX *ctx)
{
	return translate(ctx);
}

/* Out of any interface, as a balancer must. */
SEC(SECTION)
int f_nat_redirect(CTX *ctx)
{
	return translate(ctx) == SENT ? bpf_redirect_map(&ports, 1, XDP_ABORTED) : BROKEN;
}
#else
/* By the helpers that are right for frames with an unfinished checksum. */
static __always_inline int translate(CTX *ctx, const int accounted)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow *flow;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	if (accounted) {
		account(flow, &f);
		decrement_ttl(f.ip);
	}

	__u32 addr = flow->addr;
	__u16 port = flow->port;

	bpf_l4_csum_replace(ctx, 14 + 20 + 16, key.daddr, addr, BPF_F_PSEUDO_HDR | 4);
	bpf_l4_csum_replace(ctx, 14 + 20 + 16, key.dport, port, 2);
	bpf_l3_csum_replace(ctx, 14 + 10, key.daddr, addr, 4);
	bpf_skb_store_bytes(ctx, 14 + 16, &addr, 4, 0);
	bpf_skb_store_bytes(ctx, 14 + 20 + 2, &port, 2, 0);
	bpf_skb_store_bytes(ctx, 0, flow->dmac, 6, 0);
	bpf_skb_store_bytes(ctx, 6, flow->smac, 6, 0);
	return bpf_redirect(1, 0);
}

/* The TC floor. */
SEC(SECTION)
int f_nat(CTX *ctx)
{
	return translate(ctx, 1);
}

/* Neither TTL nor last seen nor counters: less than a balancer may do. */
SEC(SECTION)
int f_nat_plain(CTX *ctx)
{
	return translate(ctx, 0);
}

/* The least that TC can do: direct writes but for the upper-layer checksum, two helper calls. */
SEC(SECTION)
int f_nat_direct(CTX *ctx)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow *flow;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	account(flow, &f);

	__u32 addr = flow->addr;
	__u16 port = flow->port;

	f.ip->daddr = addr;
	f.tcp->dest = port;
	add_delta(&f.ip->check, key.daddr, addr);
	decrement_ttl(f.ip);
	__builtin_memcpy(f.eth->h_dest, flow->dmac, 6);
	__builtin_memcpy(f.eth->h_source, flow->smac, 6);
	bpf_l4_csum_replace(ctx, 14 + 20 + 16, key.daddr, addr, BPF_F_PSEUDO_HDR | 4);
	bpf_l4_csum_replace(ctx, 14 + 20 + 16, key.dport, port, 2);
	return bpf_redirect(1, 0);
}
#endif

/* The header becomes 20 bytes longer (or shorter, `grow` < 0), and what lies before the transport header is to be written anew. */
static __always_inline int resize(CTX *ctx, int grow)
{
#ifdef LOXI_XDP
	return bpf_xdp_adjust_head(ctx, -grow);
#else
	return bpf_skb_change_proto(ctx, grow > 0 ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP), 0);
#endif
}

static __always_inline int leave(void)
{
#ifdef LOXI_XDP
	return SENT;
#else
	return bpf_redirect(1, 0);
#endif
}

static __always_inline void write_ethernet(struct ethhdr *eth, const struct floor_flow *flow, __u16 protocol)
{
	__builtin_memcpy(eth->h_dest, flow->dmac, 6);
	__builtin_memcpy(eth->h_source, flow->smac, 6);
	eth->h_proto = protocol;
}

/* From IPv4 to IPv6, by a prefix that leaves checksums as they are (RFC 6052 2.1). */
SEC(SECTION)
int f_cross4(CTX *ctx)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow *flow;
	struct ethhdr *eth;
	struct ipv6hdr *ip;
	struct tcphdr *tcp;
	__u16 length;
	__u8 ttl;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	account(flow, &f);
	length = bpf_htons(bpf_ntohs(f.ip->tot_len) - 20);
	ttl = f.ip->ttl - 1;
	if (resize(ctx, 20))
		return BROKEN;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	tcp = (void *)(ip + 1);
	if ((void *)(tcp + 1) > (void *)(long)ctx->data_end)
		return BROKEN;
	write_ethernet(eth, flow, bpf_htons(ETH_P_IPV6));
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 6;
	ip->payload_len = length;
	ip->nexthdr = IPPROTO_TCP;
	ip->hop_limit = ttl;
	ip->saddr.s6_addr32[0] = ip->daddr.s6_addr32[0] = bpf_htonl(0x0064ff9b);
	ip->saddr.s6_addr32[3] = key.saddr;
	ip->daddr.s6_addr32[3] = flow->addr;
	tcp->dest = flow->port;
	add_delta(&tcp->check, key.daddr, flow->addr);
	add_delta(&tcp->check, key.dport, flow->port);
	return leave();
}

/* From IPv6 to IPv4. The table is the one of the IPv4 clients: flow by flow they differ in the address that they are counted from. */
SEC(SECTION)
int f_cross6(CTX *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct ipv6hdr *six = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(six + 1);
	struct floor_key key = { .daddr = bpf_htonl(0xcb00710a), .proto = IPPROTO_TCP };
	struct floor_flow *flow;
	struct iphdr *ip;
	__u32 sum = 0;
	__u16 length;
	__u8 ttl;

	if ((void *)(tcp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IPV6) || six->nexthdr != IPPROTO_TCP)
		return BROKEN;
	key.saddr = bpf_htonl(bpf_ntohl(six->saddr.s6_addr32[3]) + 0x09ffffff);
	key.sport = tcp->source;
	key.dport = tcp->dest;
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	flow->last_seen = bpf_ktime_get_coarse_ns();
	flow->packets++;
	flow->bytes += bpf_ntohs(six->payload_len);
	for (int i = 0; i < 4; i++) {
		sum += (__u16)~(six->saddr.s6_addr32[i] & 0xffff) + (__u16)~(six->saddr.s6_addr32[i] >> 16);
		sum += (__u16)~(six->daddr.s6_addr32[i] & 0xffff) + (__u16)~(six->daddr.s6_addr32[i] >> 16);
	}
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	length = bpf_htons(bpf_ntohs(six->payload_len) + 20);
	ttl = six->hop_limit - 1;
	if (resize(ctx, -20))
		return BROKEN;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	tcp = (void *)(ip + 1);
	if ((void *)(tcp + 1) > (void *)(long)ctx->data_end)
		return BROKEN;
	write_ethernet(eth, flow, bpf_htons(ETH_P_IP));
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = length;
	ip->frag_off = bpf_htons(0x4000);
	ip->ttl = ttl;
	ip->protocol = IPPROTO_TCP;
	ip->saddr = key.saddr;
	ip->daddr = flow->addr;
	/* Of a header in which all is 0 the checksum is ~0. */
	ip->check = 0xffff;
	add_delta(&ip->check, 0, bpf_htons(0x4500) | (__u32)length << 16);
	add_delta(&ip->check, 0, bpf_htons(0x4000) | (__u32)bpf_htons(ttl << 8 | IPPROTO_TCP) << 16);
	add_delta(&ip->check, 0, ip->saddr);
	add_delta(&ip->check, 0, ip->daddr);
	tcp->dest = flow->port;
	add_delta(&tcp->check, 0, sum);
	add_delta(&tcp->check, 0, ip->saddr);
	add_delta(&tcp->check, 0, ip->daddr);
	add_delta(&tcp->check, key.dport, flow->port);
	return leave();
}

#ifdef LOXI_XDP
/* Into a tunnel: an IPv4 header before the one that there is. */
SEC(SECTION)
int f_tunnel(CTX *ctx)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow *flow;
	struct ethhdr *eth;
	struct iphdr *ip;
	__u16 length;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (!flow)
		return BROKEN;
	account(flow, &f);
	decrement_ttl(f.ip);
	length = bpf_htons(bpf_ntohs(f.ip->tot_len) + 20);
	if (resize(ctx, 20))
		return BROKEN;
	eth = (void *)(long)ctx->data;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > (void *)(long)ctx->data_end)
		return BROKEN;
	write_ethernet(eth, flow, bpf_htons(ETH_P_IP));
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = length;
	ip->ttl = 64;
	ip->protocol = IPPROTO_IPIP;
	ip->saddr = bpf_htonl(0xc6120001);
	ip->daddr = flow->addr;
	ip->check = 0xffff;
	add_delta(&ip->check, 0, bpf_htons(0x4500) | (__u32)length << 16);
	add_delta(&ip->check, 0, bpf_htons(64 << 8 | IPPROTO_IPIP));
	add_delta(&ip->check, 0, ip->saddr);
	add_delta(&ip->check, 0, ip->daddr);
	return leave();
}
#endif

/* A new connection: miss, service, ring, endpoint, one or two insertions, rewriting. */
static __always_inline int connect_flow(CTX *ctx, const int two)
{
	struct frame f;
	struct floor_key key;
	struct floor_flow flow = {};
	struct floor_service_key service = {};
	struct floor_endpoint *endpoint;
	__u32 slot, *member;

	if (parse(ctx, &f))
		return BROKEN;
	make_key(&f, &key);
	if (bpf_map_lookup_elem(&flows, &key))
		return BROKEN;
	service.addr = key.daddr;
	service.port = key.dport;
	service.proto = key.proto;
	if (!bpf_map_lookup_elem(&services, &service))
		return BROKEN;
	slot = key.saddr * 0x9e3779b1u ^ (key.sport * 0x85ebca6bu);
	slot = (slot ^ slot >> 15) % RING_SLOTS;
	member = bpf_map_lookup_elem(&ring, &slot);
	if (!member)
		return BROKEN;
	endpoint = bpf_map_lookup_elem(&endpoints, member);
	if (!endpoint)
		return BROKEN;
	flow.addr = endpoint->addr;
	flow.port = endpoint->port;
	flow.last_seen = bpf_ktime_get_ns();
	flow.packets = 1;
	flow.state = 1;
	__builtin_memcpy(flow.dmac, endpoint->mac, 6);
	if (bpf_map_update_elem(&flows, &key, &flow, BPF_ANY))
		return BROKEN;
	if (two) {
		struct floor_key back = { .saddr = endpoint->addr, .daddr = key.saddr, .sport = endpoint->port, .dport = key.sport, .proto = key.proto };

		flow.addr = key.daddr;
		flow.port = key.dport;
		flow.service = 1;
		if (bpf_map_update_elem(&flows, &back, &flow, BPF_ANY))
			return BROKEN;
	}
	rewrite(&f, endpoint->addr, endpoint->port, endpoint->mac, endpoint->mac);
	return SENT;
}

SEC(SECTION)
int f_new1(CTX *ctx)
{
	return connect_flow(ctx, 0);
}

SEC(SECTION)
int f_new2(CTX *ctx)
{
	return connect_flow(ctx, 1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
