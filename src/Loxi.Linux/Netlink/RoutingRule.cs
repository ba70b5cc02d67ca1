using System.Net.Sockets;

namespace Loxi.Linux.Netlink;

/// <summary>A rule of policy routing (RTM_NEWRULE, ip-rule(8)): which packets look in which routing table.</summary>
public sealed record RoutingRule
{
    /// <summary>Family of the packets.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>Its place: 0 is asked first.</summary>
    public uint Priority { get; init; }

    /// <summary>What it does.</summary>
    public RoutingRuleAction Action { get; init; } = RoutingRuleAction.Lookup;

    /// <summary>The table of <see cref="RoutingRuleAction.Lookup"/>, for example <see cref="Route.MainTable"/>; 0 for none.</summary>
    public uint Table { get; init; }

    /// <summary>Source prefix; "none" for any.</summary>
    public InternetAddress Source { get; init; }

    /// <summary>Length of the source prefix; 0 for any.</summary>
    public int SourcePrefixLength { get; init; }

    /// <summary>Destination prefix; "none" for any.</summary>
    public InternetAddress Destination { get; init; }

    /// <summary>Length of the destination prefix; 0 for any.</summary>
    public int DestinationPrefixLength { get; init; }

    /// <summary>Name of the link that packets come in by; null for any.</summary>
    public string? InputInterface { get; init; }

    /// <summary>Name of the link that packets are bound to; null for any.</summary>
    public string? OutputInterface { get; init; }

    /// <summary>Firewall mark under <see cref="MarkMask"/>.</summary>
    public uint Mark { get; init; }

    /// <summary>Which bits of the mark count; 0 for none.</summary>
    public uint MarkMask { get; init; }

    /// <summary>Whether it matches what its conditions do not (<c>ip rule add not …</c>).</summary>
    public bool IsInverted { get; init; }

    /// <summary>Whether it looks at more than the properties here say: type of service, tunnel, VRF, user, protocol, ports, or something that newer kernels know.</summary>
    public bool HasOtherConditions { get; init; }

    /// <summary>Whether it matches every packet of its family, so that nothing but the destination decides where packets go by it.</summary>
    public bool MatchesAll =>
        SourcePrefixLength == 0 && DestinationPrefixLength == 0 && InputInterface is null && OutputInterface is null && MarkMask == 0 && !IsInverted && !HasOtherConditions;

    /// <summary>The text form, like that of <c>ip rule</c>.</summary>
    /// <returns>For example <c>32766: from any to any Lookup 254</c>.</returns>
    public override string ToString() =>
        $"{Priority}: {(IsInverted ? "not " : "")}from {Prefix(Source, SourcePrefixLength)} to {Prefix(Destination, DestinationPrefixLength)}"
        + (MarkMask == 0 ? "" : $" fwmark 0x{Mark:x}/0x{MarkMask:x}")
        + (InputInterface is null ? "" : $" iif {InputInterface}")
        + (OutputInterface is null ? "" : $" oif {OutputInterface}")
        + (HasOtherConditions ? " and more" : "")
        + $" {Action} {Table}";

    private static string Prefix(InternetAddress address, int length) => length == 0 ? "any" : $"{address}/{length}";
}
