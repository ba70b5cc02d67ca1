using System.Collections.Immutable;
using System.Net;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>What a daemon is told to be.</summary>
internal sealed record RouterSettings(uint As, IPAddress RouterId)
{
    public ImmutableArray<NeighbourSettings> Neighbours { get; init; } = [];

    /// <summary>Announced from the start on.</summary>
    public ImmutableArray<PeerRoute> Routes { get; init; } = [];

    /// <summary>Most next hops of a route in its kernel.</summary>
    public int MaximumPaths { get; init; } = 1;

    /// <summary>Lines in the words of the daemon, at its top level: FRR's below <c>router bgp</c>.</summary>
    public ImmutableArray<string> Extra { get; init; } = [];
}
