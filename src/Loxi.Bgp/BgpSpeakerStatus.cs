using System.Collections.Immutable;

namespace Loxi.Bgp;

/// <summary>A speaker at one moment.</summary>
public sealed record BgpSpeakerStatus
{
    /// <summary>Whether a configuration is in force.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>Prefixes that shall be announced.</summary>
    public int Advertisements { get; init; }

    /// <summary>Prefixes with a best route, by family.</summary>
    public ImmutableArray<KeyValuePair<BgpFamily, int>> Routes { get; init; } = [];

    /// <summary>Own announcements that were not as they should be when this was looked for, each minute, and were put right: 0 unless something went wrong.</summary>
    public long RepairedAnnouncements { get; init; }

    /// <summary>Connections of addresses that are no peers; they were closed.</summary>
    public long RefusedConnections { get; init; }
}
