using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Bgp.Wire;

/// <summary>What a session's UPDATEs are read with: what was negotiated, and who the two sides are.</summary>
internal sealed record UpdateContext
{
    /// <summary>Whether the peer is in another AS (eBGP).</summary>
    internal required bool IsExternal { get; init; }

    internal required uint LocalAs { get; init; }

    internal required uint PeerAs { get; init; }

    /// <summary>Own identifier: an ORIGINATOR_ID that is ours makes a route unusable (RFC 4456 8).</summary>
    internal required uint LocalIdentifier { get; init; }

    /// <summary>Negotiated families; an MP attribute of another is ignored.</summary>
    internal required ImmutableArray<BgpFamily> Families { get; init; }

    /// <summary>AS numbers of 4 octets in AS_PATH and AGGREGATOR (RFC 6793).</summary>
    internal bool FourOctetAs { get; init; }

    /// <summary>Path identifiers before the prefixes that the peer sends.</summary>
    internal bool AddPathIpv4 { get; init; }

    /// <summary>Path identifiers before the prefixes that the peer sends.</summary>
    internal bool AddPathIpv6 { get; init; }

    /// <summary>IPv4 prefixes may have an IPv6 next hop (RFC 8950).</summary>
    internal bool Ipv4OverIpv6NextHop { get; init; }

    /// <summary>An eBGP route whose first AS is not the peer's is treated as withdrawn (RFC 4271 6.3).</summary>
    internal bool EnforceFirstAs { get; init; } = true;

    /// <summary>Own addresses on the session's link: a next hop that is one of them is an error.</summary>
    internal ImmutableArray<IPAddress> OwnAddresses
    {
        get;
        init
        {
            field = value;
            _own = [.. value.Select(address => (address.AddressFamily == AddressFamily.InterNetwork ? NextHopKind.Ipv4 : NextHopKind.Ipv6, NextHop.Bits(address)))];
        }
    } = [];

    private readonly (NextHopKind Kind, UInt128 Bits)[] _own = [];

    internal bool IsOwnAddress(NextHopKind kind, UInt128 bits) => Array.IndexOf(_own, (kind, bits)) >= 0;

    internal bool AddPath(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? AddPathIpv4 : AddPathIpv6;
}
