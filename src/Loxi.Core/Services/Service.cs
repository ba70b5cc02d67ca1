using System.Collections.Immutable;
using System.Net;

namespace Loxi.Core.Services;

/// <summary>A desired service: what clients connect to and who serves them. Immutable, compared by content.</summary>
public sealed record Service
{
    private readonly ImmutableArray<ServiceEndpoint> _endpoints = [];
    private readonly ImmutableArray<IPAddress> _secondaryAddresses = [];
    private readonly ImmutableArray<IPNetwork> _allowedSources = [];

    /// <summary>What tells it from other services.</summary>
    public required ServiceKey Key { get; init; }

    /// <summary>A name for people and for deletion by name, at most 255 characters; need not be unique.</summary>
    /// <value>Default: empty.</value>
    public string Name { get; init; } = "";

    /// <summary>How a new connection gets its endpoint.</summary>
    /// <value>Default: <see cref="SelectionPolicy.RoundRobin"/>.</value>
    public SelectionPolicy Selection { get; init; }

    /// <summary>What is rewritten.</summary>
    /// <value>Default: <see cref="NatMode.Default"/>.</value>
    public NatMode Mode { get; init; }

    /// <summary>Silence after which a connection ends, whole seconds, zero to 30 days.</summary>
    /// <value>Default: zero, the protocol's default (see <see cref="ServiceTimeouts"/>).</value>
    public TimeSpan InactiveTimeout { get; init; }

    /// <summary>The timeout in force: <see cref="InactiveTimeout"/>, or the protocol's default where that is zero.</summary>
    public TimeSpan EffectiveInactiveTimeout =>
        InactiveTimeout == TimeSpan.Zero ? ServiceTimeouts.DefaultOf(Key.Protocol) : InactiveTimeout;

    /// <summary>Whether the endpoints are probed and unhealthy ones left out.</summary>
    /// <value>Default: false.</value>
    public bool Monitor { get; init; }

    /// <summary>How the endpoints are probed.</summary>
    /// <value>Default: <see cref="ServiceProbe.Default"/>.</value>
    public ServiceProbe Probe { get; init; } = ServiceProbe.Default;

    /// <summary>Whether a controller, not a person, made the service. Stored, no effect.</summary>
    /// <value>Default: false.</value>
    public bool Managed { get; init; }

    /// <summary>Whether the VIP is announced by BGP.</summary>
    /// <value>Default: false.</value>
    public bool Bgp { get; init; }

    /// <summary>TLS of a proxied service.</summary>
    /// <value>Default: <see cref="ServiceSecurity.None"/>.</value>
    public ServiceSecurity Security { get; init; }

    /// <summary>Whether the endpoints get a PROXY protocol version 2 header.</summary>
    /// <value>Default: false.</value>
    public bool ProxyProtocolV2 { get; init; }

    /// <summary>Whether the service is for outgoing traffic of local workloads.</summary>
    /// <value>Default: false.</value>
    public bool Egress { get; init; }

    /// <summary>Source address of rewritten packets in <see cref="NatMode.FullNat"/>.</summary>
    /// <value>Default: null, the VIP.</value>
    public IPAddress? PrivateAddress { get; init; }

    /// <summary>Name of the <see cref="SourcePool"/> whose addresses sources are rewritten to, in place of what the mode says.</summary>
    /// <value>Default: null, no pool.</value>
    public string? SourcePool { get; init; }

    /// <summary>The VIP group that the service belongs to.</summary>
    /// <value>Default: <see cref="VipGroups.Default"/>.</value>
    public string VipGroup { get; init; } = VipGroups.Default;

    /// <summary>How <see cref="NatMode.Dsr"/> reaches endpoints.</summary>
    /// <value>Default: <see cref="TunnelMode.Auto"/>.</value>
    public TunnelMode Tunnel { get; init; }

    /// <summary>Whether the maximum segment size of TCP SYNs is lowered to what fits through the tunnel of <see cref="NatMode.Dsr"/> or a translation between the families.</summary>
    /// <value>Default: false.</value>
    public bool ClampMss { get; init; }

    /// <summary>Time in which an endpoint that came back gets from none to its whole share of new connections, whole seconds, zero to one hour. Not with consistent selection.</summary>
    /// <value>Default: zero, at once.</value>
    public TimeSpan SlowStart { get; init; }

    /// <summary>How long a client keeps its endpoint after its last new connection with <see cref="SelectionPolicy.Persist"/>, whole seconds, zero to 30 days.</summary>
    /// <value>Default: zero, <see cref="ServiceTimeouts.DefaultPersist"/>.</value>
    public TimeSpan PersistTimeout { get; init; }

    /// <summary>The persist timeout in force: <see cref="PersistTimeout"/>, or the default where that is zero.</summary>
    public TimeSpan EffectivePersistTimeout => PersistTimeout == TimeSpan.Zero ? ServiceTimeouts.DefaultPersist : PersistTimeout;

    /// <summary>Further addresses of a multi-homed SCTP service, in the order given.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<IPAddress> SecondaryAddresses
    {
        get => _secondaryAddresses;
        init => _secondaryAddresses = value.IsDefault ? [] : value;
    }

    /// <summary>Clients that may connect, in the order given.</summary>
    /// <value>Default: none, which means everyone.</value>
    public ImmutableArray<IPNetwork> AllowedSources
    {
        get => _allowedSources;
        init => _allowedSources = value.IsDefault ? [] : value;
    }

    /// <summary>The servers, at most 4,096. Always sorted by address, port and weight, however they were given.</summary>
    /// <value>Default: none, which is not valid.</value>
    /// <exception cref="ArgumentException">An element is null.</exception>
    public ImmutableArray<ServiceEndpoint> Endpoints
    {
        get => _endpoints;
        init => _endpoints = Sorted(value);
    }

    /// <summary>Whether applying <paramref name="other"/> in place of this service would change nothing: equal once defaults are filled in.</summary>
    /// <param name="other">The other service.</param>
    /// <returns>True when they do the same.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    public bool IsEquivalentTo(Service other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return WithDefaultsFilledIn().Equals(other.WithDefaultsFilledIn());
    }

    /// <summary>Compares every member by content.</summary>
    /// <param name="other">The other service.</param>
    /// <returns>True when all members are equal.</returns>
    public bool Equals(Service? other) =>
        ReferenceEquals(this, other) || (other is not null
        && Key == other.Key
        && Name == other.Name
        && Selection == other.Selection
        && Mode == other.Mode
        && InactiveTimeout == other.InactiveTimeout
        && Monitor == other.Monitor
        && Probe == other.Probe
        && Managed == other.Managed
        && Bgp == other.Bgp
        && Security == other.Security
        && ProxyProtocolV2 == other.ProxyProtocolV2
        && Egress == other.Egress
        && Equals(PrivateAddress, other.PrivateAddress)
        && SourcePool == other.SourcePool
        && VipGroup == other.VipGroup
        && Tunnel == other.Tunnel
        && ClampMss == other.ClampMss
        && SlowStart == other.SlowStart
        && PersistTimeout == other.PersistTimeout
        && _endpoints.AsSpan().SequenceEqual(other._endpoints.AsSpan())
        && _secondaryAddresses.AsSpan().SequenceEqual(other._secondaryAddresses.AsSpan())
        && _allowedSources.AsSpan().SequenceEqual(other._allowedSources.AsSpan()));

    /// <summary>A hash of the key and the number of endpoints: cheap, and enough because keys differ.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => HashCode.Combine(Key, _endpoints.Length);

    private static ImmutableArray<ServiceEndpoint> Sorted(ImmutableArray<ServiceEndpoint> value)
    {
        if (value.IsDefaultOrEmpty)
        {
            return [];
        }

        var isSorted = true;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is null)
            {
                throw new ArgumentException($"Endpoint {i} is null.", nameof(value));
            }

            isSorted = isSorted && (i == 0 || value[i - 1].CompareTo(value[i]) <= 0);
        }

        return isSorted ? value : value.Sort();
    }

    private Service WithDefaultsFilledIn() => this with
    {
        InactiveTimeout = EffectiveInactiveTimeout,
        PersistTimeout = EffectivePersistTimeout,
        Probe = Probe.Type == ProbeType.Default && (!Monitor || Key.Protocol != ServiceProtocol.Tcp) ? Probe with { Type = ProbeType.None }
            : Probe.Type == ProbeType.Default ? Probe with { Type = ProbeType.Tcp }
            : Probe,
    };
}
