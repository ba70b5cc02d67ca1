/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the tags that a frame came with to the tags that it leaves with. */
#ifndef LOXI_VLAN_H
#define LOXI_VLAN_H

#include "loxi_rewrite.h"

#ifdef LOXI_XDP
/* Moves the Ethernet addresses over `from` tags and writes `to` new ones between them and the network header. */
LOXI_INLINE int loxi_retag(loxi_ctx *ctx, const struct loxi_packet *pkt, const __u16 *vlan, __u32 to, int family)
{
	__u32 from = pkt->tags_inline;
	struct ethhdr *eth;
	struct loxi_vlan_header *tag;
	__be16 proto = family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);

	if (from != to && loxi_shift_ethernet(ctx, ((int)from - (int)to) * (int)sizeof(*tag)))
		return -1;
	eth = loxi_data(ctx);
	tag = (void *)(eth + 1);
	if ((void *)(tag + LOXI_MAX_TAGS) > loxi_data_end(ctx))
		return -1;
	if (to == 0) {
		eth->h_proto = proto;
	} else if (to == 1) {
		eth->h_proto = bpf_htons(ETH_P_8021Q);
		tag[0].tci = bpf_htons(vlan[0]);
		tag[0].proto = proto;
	} else {
		eth->h_proto = bpf_htons(ETH_P_8021AD);
		tag[0].tci = bpf_htons(vlan[0]);
		tag[0].proto = bpf_htons(ETH_P_8021Q);
		tag[1].tci = bpf_htons(vlan[1]);
		tag[1].proto = proto;
	}
	return 0;
}
#else
LOXI_INLINE int loxi_retag(loxi_ctx *ctx, const struct loxi_packet *pkt, const __u16 *vlan, __u32 to, int family)
{
	if (pkt->tags > 0 && bpf_skb_vlan_pop(ctx))
		return -1;
	if (pkt->tags > 1 && bpf_skb_vlan_pop(ctx))
		return -1;
	if (to > 1 && bpf_skb_vlan_push(ctx, bpf_htons(ETH_P_8021Q), vlan[1]))
		return -1;
	if (to > 0 && bpf_skb_vlan_push(ctx, to > 1 ? bpf_htons(ETH_P_8021AD) : bpf_htons(ETH_P_8021Q), vlan[0]))
		return -1;
	return 0;
}
#endif

/* Does nothing for the usual frame, which comes and goes without a tag. */
LOXI_INLINE int loxi_fix_tags(loxi_ctx *ctx, const struct loxi_packet *pkt, const struct loxi_flow *flow)
{
	bool tagged = flow->flags & LOXI_FLOW_VLAN;
	__u32 to = 0;
	__u16 vlan[LOXI_MAX_TAGS] = {};

	if (!tagged && !pkt->tags)
		return 0;
	if (tagged) {
		vlan[0] = flow->extra >> 16;
		vlan[1] = flow->extra;
		to = vlan[1] ? 2 : 1;
	}
	if (pkt->tags == to && (to < 1 || vlan[0] == pkt->vlan[0]) && (to < 2 || vlan[1] == pkt->vlan[1]))
		return 0;
	return loxi_retag(ctx, pkt, vlan, to, loxi_out_family(flow, pkt->family));
}

#endif
