using Loxi.Bgp.Session;

namespace Loxi.Bgp.Wire;

/// <summary>How UPDATEs to a peer look: what was negotiated.</summary>
internal readonly record struct UpdateFormat
{
    internal bool FourOctetAs { get; init; }

    /// <summary>Path identifiers before the prefixes that we send.</summary>
    internal bool AddPathIpv4 { get; init; }

    /// <summary>Path identifiers before the prefixes that we send.</summary>
    internal bool AddPathIpv6 { get; init; }

    /// <summary>Longest message that we may send: 4,096, or 65,535 (RFC 8654).</summary>
    internal required int MaxLength { get; init; }

    internal static UpdateFormat From(NegotiatedSession session) => new()
    {
        FourOctetAs = session.FourOctetAs,
        AddPathIpv4 = session.AddPathSend.Contains(BgpFamily.Ipv4Unicast),
        AddPathIpv6 = session.AddPathSend.Contains(BgpFamily.Ipv6Unicast),
        MaxLength = session.MaxSendLength,
    };

    internal bool AddPath(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? AddPathIpv4 : AddPathIpv6;
}
