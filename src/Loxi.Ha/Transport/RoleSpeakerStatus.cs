using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Loxi.Ha.Transport;

/// <summary>All of a <see cref="RoleSpeaker"/> at one moment. Times are of CLOCK_MONOTONIC.</summary>
public sealed record RoleSpeakerStatus
{
    /// <summary>The moment.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>The own node id.</summary>
    public required ushort NodeId { get; init; }

    /// <summary>The number of this run.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>How far HELLOs are authenticated.</summary>
    public required HelloAuthenticationMode Authentication { get; init; }

    /// <summary>Whether the thread is in the real-time class.</summary>
    public required bool IsRealTime { get; init; }

    /// <summary>The groups.</summary>
    public required ImmutableArray<RoleGroupStatus> Groups { get; init; }

    /// <summary>The other nodes.</summary>
    public required ImmutableArray<RolePeerStatus> Peers { get; init; }

    /// <summary>Alarms that have not ended; of what other hosts send, those of the last 5 s.</summary>
    public ImmutableArray<LastingAlarm> Alarms { get; init; } = [];

    /// <summary>Datagrams that were thrown away, by reason. Of those that the kernel takes for strangers' a sample is read.</summary>
    public required FrozenDictionary<HelloDiscardReason, long> Discards { get; init; }

    /// <summary>Datagrams that were read.</summary>
    public long Received { get; init; }

    /// <summary>Datagrams that were sent.</summary>
    public long Sent { get; init; }

    /// <summary>Datagrams that the system would not send.</summary>
    public long SendErrors { get; init; }

    /// <summary>Datagrams that were lost because a buffer was full.</summary>
    public long Lost { get; init; }

    /// <summary>Datagrams of strangers that were not read.</summary>
    public long Unread { get; init; }

    /// <summary>What peers said of groups that this node does not have.</summary>
    public long UnknownGroups { get; init; }

    /// <summary>Times that the thread woke up.</summary>
    public long Wakes { get; init; }

    /// <summary>Times that it did so later than half an interval.</summary>
    public long LateWakes { get; init; }

    /// <summary>Its greatest lateness.</summary>
    public TimeSpan GreatestLateness { get; init; }
}
