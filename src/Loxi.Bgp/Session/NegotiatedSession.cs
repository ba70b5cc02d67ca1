using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>What the two OPENs of a session agree on.</summary>
internal sealed record NegotiatedSession
{
    internal required OpenMessage Sent { get; init; }

    internal required OpenMessage Received { get; init; }

    internal required bool IsExternal { get; init; }

    /// <summary>The AS that we are in this session: local-as where it is set.</summary>
    internal required uint LocalAs { get; init; }

    internal required ImmutableArray<BgpFamily> Families { get; init; }

    /// <summary>Seconds; 0 for no hold timer and no KEEPALIVEs.</summary>
    internal required ushort HoldTime { get; init; }

    internal bool FourOctetAs { get; init; }

    internal bool RouteRefresh { get; init; }

    internal bool EnhancedRouteRefresh { get; init; }

    internal bool Ipv4OverIpv6NextHop { get; init; }

    /// <summary>Families for which the peer sends path identifiers.</summary>
    internal ImmutableArray<BgpFamily> AddPathReceive { get; init; } = [];

    /// <summary>Families for which we send path identifiers.</summary>
    internal ImmutableArray<BgpFamily> AddPathSend { get; init; } = [];

    /// <summary>Longest message that we may send: 4,096, or 65,535 (RFC 8654).</summary>
    internal int MaxSendLength { get; init; } = 4096;

    /// <summary>Longest message that we take: follows our own capability (RFC 8654 4).</summary>
    internal int MaxReceiveLength { get; init; } = 4096;

    /// <summary>What the peer wants kept when it restarts; null when either side has no graceful restart.</summary>
    internal GracefulRestartCapability? PeerGracefulRestart { get; init; }

    /// <summary>Both sides set N: NOTIFICATIONs keep routes too, and a hard reset is 6/9 (RFC 8538).</summary>
    internal bool GracefulNotification { get; init; }

    internal ImmutableArray<LongLivedCapability> PeerLongLived { get; init; } = [];

    /// <summary>Our role, when both roles fit (RFC 9234 4.2).</summary>
    internal BgpRole? LocalRole { get; init; }
}
