using System.Collections.Immutable;

namespace Loxi.Ha.Announce;

/// <summary>An announcer at one moment.</summary>
/// <param name="Groups">The groups, by name.</param>
/// <param name="Counters">What it has done.</param>
public sealed record AnnouncerStatus(ImmutableArray<AnnouncedGroupStatus> Groups, AnnouncerCounters Counters)
{
    /// <summary>The gateways that are asked.</summary>
    public ImmutableArray<GatewayStatus> Gateways { get; init; } = [];
}
