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
        var owners = new Dictionary<IPAddress, Draft>();
        Draft Of(string name) => groups.TryGetValue(name, out var draft) ? draft : groups[name] = new Draft();
        void Add(string group, IPAddress address, bool isRouted)
        {
            // A VIP of services in two groups moves with the first.
            var draft = owners.TryGetValue(address, out var owner) ? owner : owners[address] = Of(group);
            draft.Add(address, isRouted);
        }

        Of(VipGroups.Default);
        foreach (var name in posted)
        {
            Of(name);
        }

        foreach (var service in services.ToOrderedArray())
        {
            Of(service.VipGroup).Hash(service);
            // A service on the addresses of the host itself (mode hostonearm) has none of its own.
            foreach (var vip in service.SecondaryAddresses.Prepend(service.Key.Vip).Where(AddressRules.IsUsable))
            {
                Add(service.VipGroup, vip, service.Bgp);
            }

            if (service.PrivateAddress is { } source)
            {
                Add(service.VipGroup, source, isRouted: false);
            }
        }

        foreach (var pool in pools)
        {
            Of(pool.VipGroup).Hash(pool);
            foreach (var address in pool.Addresses)
            {
                Add(pool.VipGroup, address, isRouted: false);
            }
        }

        return [.. groups.Select(group => group.Value.Make(group.Key, place))];
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
