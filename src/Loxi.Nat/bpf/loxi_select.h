/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The choice of an endpoint: exact rotation, exact weights, a Maglev table that is equal on every node, the endpoint that the client
 * had before, or the one with the fewest open connections for its weight.
 */
#ifndef LOXI_SELECT_H
#define LOXI_SELECT_H

#include "loxi_service.h"

/* Finalizer of MurmurHash3 (public domain): every input bit reaches every output bit. */
LOXI_INLINE __u64 loxi_mix(__u64 h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

/* Keyed by control.hash_seed, which nodes share; over the client, the VIP, both ports and the protocol. */
LOXI_INLINE __u64 loxi_flow_hash(const struct loxi_packet *pkt, __u64 seed, const int family)
{
	__u64 h;

	if (family == 4) {
		h = loxi_mix(seed ^ ((__u64)pkt->key4.saddr << 32 | pkt->key4.daddr));
		return loxi_mix(h ^ ((__u64)pkt->key4.sport << 32 | (__u64)pkt->key4.dport << 16 | pkt->proto));
	}
	const __u64 *saddr = (const __u64 *)pkt->key6.saddr, *daddr = (const __u64 *)pkt->key6.daddr;

	h = loxi_mix(seed ^ saddr[0]);
	h = loxi_mix(h ^ saddr[1]);
	h = loxi_mix(h ^ daddr[0]);
	h = loxi_mix(h ^ daddr[1]);
	return loxi_mix(h ^ ((__u64)pkt->key6.sport << 32 | (__u64)pkt->key6.dport << 16 | pkt->proto));
}

/* Over the client's whole address only. */
LOXI_INLINE __u64 loxi_client_hash(const struct loxi_packet *pkt, __u64 seed, const int family)
{
	const __u64 *saddr = (const __u64 *)pkt->key6.saddr;

	if (family == 4)
		return loxi_mix(seed ^ pkt->key4.saddr);
	return loxi_mix(loxi_mix(seed ^ saddr[0]) ^ saddr[1]);
}

LOXI_INLINE __u64 loxi_turn(const struct loxi_service *service)
{
	__u32 id = service->id;
	__u64 *turn = bpf_map_lookup_elem(&rotation, &id);

	return turn ? __sync_fetch_and_add(turn, 1) : 0;
}

LOXI_INLINE __u32 loxi_maglev_member(const struct loxi_service *service, __u64 hash)
{
	__u32 table = service->maglev, slot, element;
	struct loxi_maglev_slots *slots;
	void *inner = bpf_map_lookup_elem(&maglev, &table);

	if (!inner || !service->maglev_size)
		return 0;
	slot = hash % service->maglev_size;
	element = slot >> 2;
	slots = bpf_map_lookup_elem(inner, &element);
	return slots ? slots->member[slot & 3] : 0;
}

/* The endpoint behind a member; `index` gets its number. */
LOXI_INLINE struct loxi_endpoint *loxi_member_endpoint(const struct loxi_service *service, __u32 member, __u32 *index)
{
	__u32 at = service->members_base + member % service->members_count;
	struct loxi_member *chosen = bpf_map_lookup_elem(&members, &at);
	struct loxi_endpoint *endpoint;

	if (!chosen)
		return 0;
	*index = chosen->endpoint;
	endpoint = bpf_map_lookup_elem(&endpoints, index);
	/* The places of a service that has just gone may be another's already. */
	return endpoint && endpoint->service == service->id ? endpoint : 0;
}

/* Weights: `position` is below the sum of all; the first member whose sum is above it. */
struct loxi_weight_search {
	__u32 base;
	__u32 low;
	__u32 high; /* exclusive */
	__u32 position;
};

static long loxi_weight_step(__u32 step, struct loxi_weight_search *search)
{
	__u32 middle = (search->low + search->high) / 2, at = search->base + middle;
	struct loxi_member *member;

	if (search->low >= search->high)
		return 1;
	member = bpf_map_lookup_elem(&members, &at);
	if (!member)
		return 1;
	if (member->weight_end > search->position)
		search->high = middle;
	else
		search->low = middle + 1;
	return 0;
}

/* 2^13 > 4,096 endpoints */
#define LOXI_WEIGHT_STEPS 13

/*
 * Steps of `stride`, which has no common divisor with the sum of the weights, visit every position once in so many turns: as many times
 * each endpoint as its weight says, spread over the round.
 */
LOXI_INLINE __u32 loxi_weighted_member(const struct loxi_service *service)
{
	struct loxi_weight_search search = { .base = service->members_base, .high = service->members_count };
	__u32 total = service->weight_total;

	if (!total)
		return 0;
	search.position = loxi_turn(service) % total * service->stride % total;
	bpf_loop(LOXI_WEIGHT_STEPS, loxi_weight_step, &search, 0);
	return search.low;
}

/* How much of its weight an endpoint has, in 256ths: all, or a part while it comes back. */
LOXI_INLINE __u32 loxi_share(const struct loxi_service *service, const struct loxi_endpoint *endpoint, __u32 tick)
{
	__u32 age = tick - endpoint->since;

	if (!service->slow_start || !endpoint->since || age >= service->slow_start)
		return 256;
	return 1 + (__u64)age * 255 / service->slow_start;
}

struct loxi_least {
	const struct loxi_service *service;
	__u32 first;
	__u32 best;   /* member */
	__u64 load;   /* of the best: connections it would have, and its weight; 1 and 0 of nobody, which everybody is better than */
	__u64 weight;
	__u32 tick;
};

static long loxi_least_step(__u32 step, struct loxi_least *least)
{
	__u32 member = least->first + step, index = 0;
	struct loxi_endpoint *endpoint = loxi_member_endpoint(least->service, member, &index);
	struct loxi_endpoint_load *load;
	__u64 mine, weight;

	if (!endpoint)
		return 1;
	load = bpf_map_lookup_elem(&endpoint_load, &index);
	if (!load)
		return 1;
	mine = load->active + 1ull;
	weight = (__u64)endpoint->weight * loxi_share(least->service, endpoint, least->tick);
	/*
	 * mine / weight < load / its weight: 32 bits times 24. No question of its own for the first one: Linux 6.1 looks at one step of a loop
	 * alone, and leaves out what that step does not do.
	 */
	if (mine * least->weight < least->load * weight) {
		least->best = member;
		least->load = mine;
		least->weight = weight;
	}
	return 0;
}

/* Of the candidates, which begin with another member each time, so that equals take turns. */
LOXI_INLINE __u32 loxi_least_member(const struct loxi_service *service)
{
	struct loxi_least least = { .service = service, .tick = loxi_tick(), .load = 1 };
	__u32 count = service->members_count;

	least.first = loxi_turn(service) * (count > LOXI_LC_CANDIDATES ? LOXI_LC_CANDIDATES : 1) % count;
	least.best = least.first;
	bpf_loop(count < LOXI_LC_CANDIDATES ? count : LOXI_LC_CANDIDATES, loxi_least_step, &least, 0);
	return least.best;
}

/* An endpoint that comes back takes a growing share of its turns; the next one has the others. */
#define LOXI_SLOW_START_STEPS 4

LOXI_INLINE __u32 loxi_warmed_up(const struct loxi_service *service, __u32 member)
{
	__u32 tick = loxi_tick(), index = 0, chosen = member;

	for (int i = 0; i < LOXI_SLOW_START_STEPS; i++) {
		struct loxi_endpoint *endpoint = loxi_member_endpoint(service, member + i, &index);

		if (!endpoint)
			break;
		if ((bpf_get_prandom_u32() & 0xff) < loxi_share(service, endpoint, tick)) {
			chosen = member + i;
			break;
		}
	}
	return chosen;
}

/* Everything but plain rotation and hash, which callers have inline. */
LOXI_GLOBAL int loxi_choose(const struct loxi_service *service)
{
	__u32 member;

	if (!service || !service->members_count)
		return 0;
	if (service->selection == LOXI_SELECTION_LC)
		return loxi_least_member(service);
	if (service->selection == LOXI_SELECTION_WRR)
		member = loxi_weighted_member(service);
	else
		member = loxi_turn(service) % service->members_count;
	return service->slow_start ? loxi_warmed_up(service, member) : member;
}

/* Index of the first choice among the members; further attempts take the ones that follow. */
LOXI_INLINE __u32 loxi_first_member(const struct loxi_packet *pkt, const struct loxi_service *service, __u64 seed, const int family)
{
	if (service->selection == LOXI_SELECTION_HASH)
		return loxi_maglev_member(service, loxi_flow_hash(pkt, seed, family)) % service->members_count;
	if (service->selection == LOXI_SELECTION_PERSIST)
		return loxi_maglev_member(service, loxi_client_hash(pkt, seed, family)) % service->members_count;
	if (service->selection == LOXI_SELECTION_RR && !service->slow_start)
		return loxi_turn(service) % service->members_count;
	return loxi_choose(service);
}

/* With the index of an endpoint in place of a member's. */
#define LOXI_KEPT 0x80000000u

LOXI_INLINE void loxi_persist_key_of(const struct loxi_packet *pkt, const struct loxi_service *service, struct loxi_persist_key *key)
{
	if (pkt->family == 4)
		loxi_map_address(key->client, pkt->key4.saddr);
	else
		__builtin_memcpy(key->client, pkt->key6.saddr, 16);
	key->service = service->id;
}

/* The endpoint that the client had, when it may have it again: its index and LOXI_KEPT, or 0. */
LOXI_GLOBAL __u32 loxi_kept_endpoint(const struct loxi_packet *pkt, const struct loxi_service *service)
{
	struct loxi_endpoint *endpoint;
	struct loxi_persist_key key;
	struct loxi_persist *kept;
	__u32 index;

	if (!pkt || !service)
		return 0;
	loxi_persist_key_of(pkt, service, &key);
	kept = bpf_map_lookup_elem(&persist, &key);
	if (!kept || loxi_tick() - kept->tick > service->persist_ticks)
		return 0;
	index = kept->endpoint;
	endpoint = bpf_map_lookup_elem(&endpoints, &index);
	if (!endpoint || endpoint->serial != kept->serial || endpoint->service != service->id)
		return 0;
	if ((endpoint->flags & (LOXI_ENDPOINT_ACTIVE | LOXI_ENDPOINT_DRAINING)) != LOXI_ENDPOINT_ACTIVE)
		return 0;
	return index | LOXI_KEPT;
}

/* Each new connection renews the time. */
LOXI_GLOBAL int loxi_keep_endpoint(const struct loxi_packet *pkt, const struct loxi_service *service, __u32 index)
{
	struct loxi_persist value = { .endpoint = index, .tick = loxi_tick() };
	struct loxi_endpoint *endpoint;
	struct loxi_persist_key key;

	if (!pkt || !service)
		return 0;
	endpoint = bpf_map_lookup_elem(&endpoints, &index);
	if (!endpoint)
		return 0;
	value.serial = endpoint->serial;
	loxi_persist_key_of(pkt, service, &key);
	bpf_map_update_elem(&persist, &key, &value, BPF_ANY);
	return 0;
}

#endif
