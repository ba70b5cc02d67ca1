using System.Collections.Immutable;

namespace Loxi.Bgp;

/// <summary>A peer and how it fares.</summary>
/// <param name="Key">The peer.</param>
/// <param name="Settings">How it is configured; of a dynamic one as its range says.</param>
/// <param name="State">State of its session.</param>
public sealed record BgpPeerReport(BgpPeerKey Key, BgpPeerSettings Settings, BgpState State)
{
    /// <summary>Whether it came from a <see cref="BgpPeerRange"/>.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>The range that it came from, as it is now.</summary>
    /// <value>Null: it is listed.</value>
    public BgpPeerRange? Range { get; init; }

    /// <summary>How long it has been Established, or, when it is not, how long it has not been.</summary>
    public TimeSpan InState { get; init; }

    /// <summary>What was agreed on.</summary>
    /// <value>Null: not Established.</value>
    public BgpSessionReport? Session { get; init; }

    /// <summary>Its routes by family, each family that is configured.</summary>
    public ImmutableArray<BgpFamilyReport> Families { get; init; } = [];

    /// <summary>What was counted.</summary>
    public BgpPeerCounters Counters { get; init; } = new();

    /// <summary>Why the last session or attempt ended; it stays while the next session is up.</summary>
    /// <value>Null: none has ended yet.</value>
    public BgpSessionEnd? LastEnd { get; init; }

    /// <summary>Why no session is tried, e.g. <c>administratively down</c>, <c>prefix limit</c>, <c>waits for BFD</c>, or why it cannot be: <c>interface eth7 is absent</c>.</summary>
    /// <value>Null: nothing stands against it.</value>
    public string? Held { get; init; }
}
