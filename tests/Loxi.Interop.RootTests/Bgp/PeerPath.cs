using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>A path of a prefix as a daemon has it.</summary>
internal sealed record PeerPath(IPNetwork Prefix)
{
    /// <summary>The neighbour that it came from; null for one of its own.</summary>
    public IPAddress? From { get; init; }

    public ImmutableArray<IPAddress> NextHops { get; init; } = [];

    /// <summary>Numbers in their order; sets as <c>{1 2}</c>.</summary>
    public string AsPath { get; init; } = "";

    public BgpOrigin Origin { get; init; }

    public uint? Med { get; init; }

    public uint? LocalPreference { get; init; }

    public ImmutableArray<uint> Communities { get; init; } = [];

    public ImmutableArray<ulong> ExtendedCommunities { get; init; } = [];

    public ImmutableArray<BgpLargeCommunity> LargeCommunities { get; init; } = [];

    public bool IsBest { get; init; }

    public bool IsStale { get; init; }

    public override string ToString()
        => $"{Prefix} from {From} via {string.Join(' ', NextHops)} path [{AsPath}] {Origin} med {Med} pref {LocalPreference} c [{string.Join(' ', Communities.Select(CommunityText.Of))}] "
            + $"x [{string.Join(' ', ExtendedCommunities.Select(static c => c.ToString("x16", null)))}] l [{string.Join(' ', LargeCommunities)}]{(IsBest ? " best" : "")}{(IsStale ? " stale" : "")}";
}
