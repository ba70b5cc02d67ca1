using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp;

/// <summary>A route as a table of the speaker has it.</summary>
/// <param name="Prefix">The prefix.</param>
public sealed record BgpRoute(IPNetwork Prefix)
{
    /// <summary>The peer that it came from, or of an advertised one the peer that it went to.</summary>
    /// <value>Null: an own announcement.</value>
    public BgpPeerKey? Peer { get; init; }

    /// <summary>Identifier of the path (RFC 7911).</summary>
    /// <value>0 without ADD-PATH.</value>
    public uint PathId { get; init; }

    /// <summary>Next hop.</summary>
    /// <value>Null: an own announcement with the own address of each session.</value>
    public IPAddress? NextHop { get; init; }

    /// <summary>AS_PATH as text, an AS_SET in braces and confederation segments in parentheses and brackets, e.g. <c>64496 64497 {64498,64499}</c>.</summary>
    public string AsPath { get; init; } = "";

    /// <summary>ORIGIN.</summary>
    public BgpOrigin Origin { get; init; }

    /// <summary>MULTI_EXIT_DISC; null when there is none.</summary>
    public uint? Med { get; init; }

    /// <summary>LOCAL_PREF; null when there is none.</summary>
    public uint? LocalPreference { get; init; }

    /// <summary>Communities (RFC 1997).</summary>
    public ImmutableArray<uint> Communities { get; init; } = [];

    /// <summary>Extended communities (RFC 4360).</summary>
    public ImmutableArray<ulong> ExtendedCommunities { get; init; } = [];

    /// <summary>Large communities (RFC 8092).</summary>
    public ImmutableArray<BgpLargeCommunity> LargeCommunities { get; init; } = [];

    /// <summary>Whether it is the best of its prefix.</summary>
    public bool IsBest { get; init; }

    /// <summary>Whether it shares the traffic of its prefix with the best.</summary>
    public bool IsMultipath { get; init; }

    /// <summary>Whether it is kept after the loss of its session (RFC 4724, 9494) or while a refresh lasts (RFC 7313).</summary>
    public bool IsStale { get; init; }

    /// <summary>Why it is not used, e.g. <c>as-loop</c>, <c>first-as</c>, <c>policy</c>, <c>next-hop</c>, <c>otc</c>; null when it is.</summary>
    public string? Rejection { get; init; }
}
