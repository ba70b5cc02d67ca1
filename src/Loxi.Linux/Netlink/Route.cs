using System.Globalization;
using System.Net.Sockets;

namespace Loxi.Linux.Netlink;

/// <summary>A route (RTM_NEWROUTE). Two routes are equal when all fields are, the next hops one by one.</summary>
public sealed record Route
{
    /// <summary>The main table.</summary>
    public const uint MainTable = 254;

    /// <summary>The table of local and broadcast addresses, kept by the kernel.</summary>
    public const uint LocalTable = 255;

    /// <summary>Family of the destination.</summary>
    public AddressFamily Family => Destination.Family;

    /// <summary>Destination prefix; 0.0.0.0 or :: with length 0 for a default route.</summary>
    public required InternetAddress Destination { get; init; }

    /// <summary>Length of the destination prefix, 0 to 32 or 128.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The gateway; "none" for a direct or a multipath route.</summary>
    public InternetAddress Gateway { get; init; }

    /// <summary>Index of the outgoing link; 0 for a multipath or a blackhole route.</summary>
    public int OutputInterface { get; init; }

    /// <summary>Source address that local connections prefer; "none" to let the kernel choose.</summary>
    public InternetAddress PreferredSource { get; init; }

    /// <summary>Routing table; the default is <see cref="MainTable"/>.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>Who installed it; the default is <see cref="RouteProtocol.Static"/>.</summary>
    public RouteProtocol Protocol { get; init; } = RouteProtocol.Static;

    /// <summary>What it does; the default is <see cref="RouteType.Unicast"/>.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Scope; null lets a request derive it as <c>ip route</c> does. Reported routes always have one.</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>Metric (priority), lower wins; 0 means none for IPv4 and 1024 for IPv6 requests.</summary>
    public uint Metric { get; init; }

    /// <summary>MTU of the route in bytes; 0 for that of the link.</summary>
    public uint Mtu { get; init; }

    /// <summary>RTM_F_* and RTNH_F_* flags as the kernel reports them (for example 1 dead, 4 onlink, 16 link down); of a request, 4 (onlink) matters.</summary>
    public uint Flags { get; init; }

    /// <summary>Source prefix that an IPv6 route is for (<c>ip -6 route add … from …</c>); of an answer, the source that was asked for; "none" for any.</summary>
    public InternetAddress Source { get; init; }

    /// <summary>Length of the source prefix; 0 for any source.</summary>
    public int SourcePrefixLength { get; init; }

    /// <summary>Id of the next hop object, or of a group of them, that it goes by (ip-nexthop(8), Linux 5.3); 0 for none.</summary>
    public uint NextHopObject { get; init; }

    /// <summary>The ways of a multipath route; empty for others.</summary>
    public IReadOnlyList<RouteNextHop> NextHops { get; init; } = [];

    /// <summary>Field by field, the next hops one by one.</summary>
    /// <param name="other">Another route.</param>
    /// <returns>True when all fields are equal.</returns>
    public bool Equals(Route? other) =>
        other is not null
        && Destination == other.Destination
        && PrefixLength == other.PrefixLength
        && Gateway == other.Gateway
        && OutputInterface == other.OutputInterface
        && PreferredSource == other.PreferredSource
        && Table == other.Table
        && Protocol == other.Protocol
        && Type == other.Type
        && Scope == other.Scope
        && Metric == other.Metric
        && Mtu == other.Mtu
        && Flags == other.Flags
        && Source == other.Source
        && SourcePrefixLength == other.SourcePrefixLength
        && NextHopObject == other.NextHopObject
        && NextHops.SequenceEqual(other.NextHops);

    /// <summary>Of what tells routes apart.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => HashCode.Combine(Destination, PrefixLength, Gateway, OutputInterface, Table, Protocol, Type, Metric);

    /// <summary>The text form, like that of <c>ip route</c>.</summary>
    /// <returns>For example <c>198.51.100.0/24 via 192.0.2.1 dev 4 table 254</c>.</returns>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Destination}/{PrefixLength}");
        if (Type != RouteType.Unicast)
        {
            text = $"{Type} {text}";
        }

        if (SourcePrefixLength > 0)
        {
            text += $" from {Source}/{SourcePrefixLength}";
        }

        if (!Gateway.IsNone)
        {
            text += $" via {Gateway}";
        }

        if (OutputInterface != 0)
        {
            text += $" dev {OutputInterface}";
        }

        foreach (var hop in NextHops)
        {
            text += $" nexthop via {hop.Gateway} dev {hop.InterfaceIndex} weight {hop.Weight}";
        }

        return Metric == 0 ? $"{text} table {Table}" : $"{text} table {Table} metric {Metric}";
    }
}
