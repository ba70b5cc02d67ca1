using System.Collections.Immutable;

namespace Loxi.Bfd;

/// <summary>A speaker at one moment: how well it keeps the time, and what became of what came.</summary>
public sealed record BfdSpeakerStatus
{
    /// <summary>Sessions.</summary>
    public int Sessions { get; init; }

    /// <summary>Whether the engine's thread is in the real-time class.</summary>
    public bool IsRealTime { get; init; }

    /// <summary>Datagrams that were read.</summary>
    public long ReceivedDatagrams { get; init; }

    /// <summary>Packets that were sent.</summary>
    public long SentPackets { get; init; }

    /// <summary>Packets that the system would not send.</summary>
    public long SendErrors { get; init; }

    /// <summary>Datagrams for a session that were lost because a receive buffer was full. None of them is taken for silence.</summary>
    public long LostDatagrams { get; init; }

    /// <summary>
    /// Datagrams that the kernel refused or held back for us and that were not read: of a wrong version, TTL or length, for an unknown discriminator, from
    /// an unknown peer, or too many from peers that do not know us yet. A sample is read, and counted in <see cref="Discards"/>.
    /// </summary>
    public long UnreadDatagrams { get; init; }

    /// <summary>Discards that belong to no session, by reason; only reasons that there were.</summary>
    public required ImmutableArray<KeyValuePair<BfdDiscardReason, ulong>> Discards { get; init; }

    /// <summary>Times that the engine woke up.</summary>
    public long Wakes { get; init; }

    /// <summary>Times that it woke up later than half the detection time of a session.</summary>
    public long LateWakes { get; init; }

    /// <summary>The greatest lateness.</summary>
    public TimeSpan GreatestLateness { get; init; }

    /// <summary>Time that garbage collections stood still within late wakes.</summary>
    public TimeSpan CollectionPause { get; init; }

    /// <summary>Whether a receive buffer is smaller than half a second of all sessions needs, because CAP_NET_ADMIN is missing.</summary>
    public bool IsBufferLimited { get; init; }

    /// <summary>Whether there are too many sessions for the kernel's filter, which then lets every discriminator and peer in.</summary>
    public bool IsFilterCoarse { get; init; }
}
