using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Nat.Connections;

namespace Loxi.Node.Ha;

/// <summary>After which silence the balancer takes a connection away, by its service and its state: refreshes must come before. May be asked from any thread.</summary>
internal sealed class SyncTimeouts(ConnectionTimeouts timeouts)
{
    private static readonly FlowAddress Any4 = FlowAddress.From(IPAddress.Any);
    private static readonly FlowAddress Any6 = FlowAddress.From(IPAddress.IPv6Any);

    private volatile Known _known = new(ServiceModel.Empty);

    /// <summary>The services are now these.</summary>
    public void Set(ServiceModel services) => _known = new Known(services);

    public TimeSpan TimeoutOf(ConnectionKey key, ConnectionPath path)
    {
        var known = _known;
        if (key.Kind == ConnectionEntryKind.Persistence)
        {
            return known.FindPersist(key) ?? ServiceTimeouts.DefaultPersist;
        }

        // A service on the addresses of the host itself has the unspecified one.
        var service = known.Find(key, key.Vip, path.Block) ?? known.Find(key, key.Vip.IsIPv4 ? Any4 : Any6, path.Block) ?? TimeSpan.Zero;
        return timeouts.For(key.Protocol, StateOf(key, path), service);
    }

    /// <summary>What was picked up in its middle and not answered yet is not open for longer than what is being opened.</summary>
    private static ConnectionState StateOf(in ConnectionKey key, in ConnectionPath path) => (path.Traits & ConnectionTraits.Loose) == 0 || path.State != ConnectionState.Established ? path.State
        : key.Protocol == ServiceProtocol.Sctp ? ConnectionState.Init : ConnectionState.SynReceived;

    private sealed class Known
    {
        private readonly FrozenDictionary<Place, TimeSpan> _single;
        private readonly FrozenDictionary<Place, TimeSpan> _persist;
        private readonly FrozenDictionary<Place, ImmutableArray<(ushort First, ushort Last, TimeSpan Timeout)>> _ranges;

        public Known(ServiceModel services)
        {
            var single = new Dictionary<Place, TimeSpan>();
            var ranges = new Dictionary<Place, List<(ushort First, ushort Last, TimeSpan Timeout)>>();
            foreach (var service in services.ToOrderedArray())
            {
                foreach (var vip in service.SecondaryAddresses.Prepend(service.Key.Vip))
                {
                    var place = new Place(FlowAddress.From(vip), service.Key.Protocol, service.Key.Block, service.Key.Port);
                    if (service.Key.PortMax == service.Key.Port)
                    {
                        single.TryAdd(place, service.EffectiveInactiveTimeout);
                        continue;
                    }

                    var of = place with { Port = 0 };
                    (ranges.TryGetValue(of, out var there) ? there : ranges[of] = []).Add((service.Key.Port, service.Key.PortMax, service.EffectiveInactiveTimeout));
                }
            }

            // By the first port, also of ranges.
            _persist = services.ToOrderedArray().Where(static s => s.Selection == SelectionPolicy.Persist)
                .DistinctBy(static s => new Place(FlowAddress.From(s.Key.Vip), s.Key.Protocol, s.Key.Block, s.Key.Port))
                .ToFrozenDictionary(static s => new Place(FlowAddress.From(s.Key.Vip), s.Key.Protocol, s.Key.Block, s.Key.Port), static s => s.EffectivePersistTimeout);
            _single = single.ToFrozenDictionary();
            _ranges = ranges.ToFrozenDictionary(static r => r.Key, static r => r.Value.ToImmutableArray());
        }

        public TimeSpan? FindPersist(in ConnectionKey key) =>
            _persist.TryGetValue(new Place(key.Vip, key.Protocol, key.Block, key.VipPort), out var timeout) ? timeout : null;

        public TimeSpan? Find(in ConnectionKey key, FlowAddress vip, uint block)
        {
            var place = new Place(vip, key.Protocol, block, key.VipPort);
            if (_single.TryGetValue(place, out var timeout))
            {
                return timeout;
            }

            if (_ranges.TryGetValue(place with { Port = 0 }, out var ranges))
            {
                foreach (var range in ranges)
                {
                    if (range.First <= key.VipPort && key.VipPort <= range.Last)
                    {
                        return range.Timeout;
                    }
                }
            }

            return null;
        }
    }

    private readonly record struct Place(FlowAddress Vip, ServiceProtocol Protocol, uint Block, ushort Port);
}
