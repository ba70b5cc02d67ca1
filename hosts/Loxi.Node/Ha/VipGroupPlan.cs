using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Core.Roles;
using Loxi.Core.Services;

namespace Loxi.Node.Ha;

/// <summary>Which VIP groups there are, and what is in them. Pure.</summary>
internal static class VipGroupPlan
{
    /// <summary>The groups in the order of their names, the default one always.</summary>
    /// <param name="services">The services.</param>
    /// <param name="pools">The source pools.</param>
    /// <param name="posted">Groups that a controller has named.</param>
    /// <param name="place">The interface for an address.</param>
    public static ImmutableArray<VipGroup> Make(ServiceModel services, SourcePools pools, IEnumerable<string> posted, Func<IPAddress, string> place)
    {
        var groups = new SortedDictionary<string, Draft>(StringComparer.Ordinal);
        var ordered = services.ToOrderedArray();
        foreach (var name in NamesOf(ordered, pools, posted))
        {
            groups.Add(name, new Draft());
        }

        foreach (var service in ordered)
        {
            groups[service.VipGroup].Hash(service);
        }

        foreach (var pool in pools)
        {
            groups[pool.VipGroup].Hash(pool);
        }

        var owners = new Dictionary<IPAddress, Draft>();
        foreach (var (group, address, isRouted) in AddressesOf(ordered, pools))
        {
            // A VIP of services in two groups moves with the first.
            var draft = owners.TryGetValue(address, out var owner) ? owner : owners[address] = groups[group];
            draft.Add(address, isRouted);
        }

        return [.. groups.Select(group => group.Value.Make(group.Key, place))];
    }

    /// <summary>The names of the groups.</summary>
    public static HashSet<string> NamesOf(IEnumerable<Service> services, IEnumerable<SourcePool> pools, IEnumerable<string> posted) =>
        posted.Prepend(VipGroups.Default).Concat(services.Select(static s => s.VipGroup)).Concat(pools.Select(static p => p.VipGroup)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The addresses that move, some more than once, each with the group that wants it and whether it is wanted by BGP alone.</summary>
    public static IEnumerable<(string Group, IPAddress Address, bool IsRouted)> AddressesOf(IEnumerable<Service> services, IEnumerable<SourcePool> pools)
    {
        foreach (var service in services)
        {
            // A service on the addresses of the host itself (mode hostonearm) has none of its own.
            foreach (var vip in service.SecondaryAddresses.Prepend(service.Key.Vip).Where(AddressRules.IsUsable))
            {
                yield return (service.VipGroup, vip, service.Bgp);
            }

            if (service.PrivateAddress is { } source)
            {
                yield return (service.VipGroup, source, false);
            }
        }

        foreach (var pool in pools)
        {
            foreach (var address in pool.Addresses)
            {
                yield return (pool.VipGroup, address, false);
            }
        }
    }

    private sealed class Draft
    {
        private readonly SortedDictionary<IPAddress, bool> _addresses = new(Comparer<IPAddress>.Create(AddressOrder.Compare));
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        /// <summary>An address that one service wants on the link is there.</summary>
        public void Add(IPAddress address, bool isRouted) => _addresses[address] = isRouted && (!_addresses.TryGetValue(address, out var other) || other);

        public void Hash(Service service) => _hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(ServiceMapper.ToDesiredEntry(service), LoxiJson.LoadbalanceEntry));

        public void Hash(SourcePool pool) => _hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(PoolMapper.ToWire(pool), LoxiJson.Pool));

        public VipGroup Make(string name, Func<IPAddress, string> place)
        {
            var addresses = _addresses.Select(a => a.Value ? new AnnouncedAddress(a.Key, AddressPlacement.Routed) : new AnnouncedAddress(a.Key, AddressPlacement.Interface, place(a.Key)));
            var hash = BinaryPrimitives.ReadUInt64BigEndian(_hash.GetHashAndReset());
            _hash.Dispose();
            return new VipGroup(name, [.. addresses], _addresses.Count == 0 || _addresses.ContainsValue(false), hash);
        }
    }
}
