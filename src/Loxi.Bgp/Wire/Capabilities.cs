using System.Collections.Immutable;

namespace Loxi.Bgp.Wire;

/// <summary>Capabilities of an OPEN (RFC 5492) that this speaker knows, from either side; others are ignored. Compares by value.</summary>
internal sealed record Capabilities
{
    internal static Capabilities None { get; } = new();

    /// <summary>Multiprotocol (RFC 4760), code 1. Without the capability a peer has IPv4 unicast only: <see cref="HasMultiprotocol"/>.</summary>
    internal ImmutableArray<BgpFamily> Families { get; init; } = [];

    /// <summary>Whether there was any multiprotocol capability, also for families that are not known here.</summary>
    internal bool HasMultiprotocol { get; init; }

    /// <summary>Route refresh (RFC 2918), code 2.</summary>
    internal bool RouteRefresh { get; init; }

    /// <summary>Enhanced route refresh (RFC 7313), code 70.</summary>
    internal bool EnhancedRouteRefresh { get; init; }

    /// <summary>Extended next hop (RFC 8950), code 5: IPv4 unicast by an IPv6 next hop.</summary>
    internal bool Ipv4OverIpv6NextHop { get; init; }

    /// <summary>Extended messages (RFC 8654), code 6.</summary>
    internal bool ExtendedMessage { get; init; }

    /// <summary>Role (RFC 9234), code 9.</summary>
    internal BgpRole? Role { get; init; }

    /// <summary>Whether several role capabilities differ (RFC 9234 4.2: a role mismatch).</summary>
    internal bool HasConflictingRoles { get; init; }

    /// <summary>Four-octet AS numbers (RFC 6793), code 65.</summary>
    internal uint? FourOctetAs { get; init; }

    /// <summary>ADD-PATH (RFC 7911), code 69: per family whether the sender can receive, send, or both.</summary>
    internal ImmutableArray<AddPathCapability> AddPath { get; init; } = [];

    /// <summary>Graceful restart (RFC 4724), code 64.</summary>
    internal GracefulRestartCapability? GracefulRestart { get; init; }

    /// <summary>Long-lived graceful restart (RFC 9494), code 71; only beside <see cref="GracefulRestart"/>.</summary>
    internal ImmutableArray<LongLivedCapability> LongLived { get; init; } = [];

    /// <summary>BFD strict mode (draft-ietf-idr-bgp-bfd-strict-mode), code 74.</summary>
    internal bool BfdStrict { get; init; }

    /// <summary>Host and domain name (draft-walton-bgp-hostname-capability), code 73: read for display, never sent.</summary>
    internal string? HostName { get; init; }

    /// <summary>Software version (draft-abraitis-bgp-version-capability), code 75: read for display, never sent.</summary>
    internal string? SoftwareVersion { get; init; }

    /// <summary>Codes of capabilities whose value was malformed: ignored, for the log.</summary>
    internal ImmutableArray<byte> Ignored { get; init; } = [];

    public bool Equals(Capabilities? other)
        => other is not null && Flags() == other.Flags() && HostName == other.HostName && SoftwareVersion == other.SoftwareVersion && GracefulRestart == other.GracefulRestart
            && Families.SequenceEqual(other.Families) && AddPath.SequenceEqual(other.AddPath) && LongLived.SequenceEqual(other.LongLived) && Ignored.SequenceEqual(other.Ignored);

    public override int GetHashCode() => Flags().GetHashCode();

    private (bool Multiprotocol, bool Refresh, bool Enhanced, bool NextHop, bool Extended, BgpRole? Role, uint? As, (bool Roles, bool Strict) Others) Flags()
        => (HasMultiprotocol, RouteRefresh, EnhancedRouteRefresh, Ipv4OverIpv6NextHop, ExtendedMessage, Role, FourOctetAs, (HasConflictingRoles, BfdStrict));
}
