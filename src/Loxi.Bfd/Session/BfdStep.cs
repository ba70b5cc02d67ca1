namespace Loxi.Bfd.Session;

/// <summary>What one event came to: at most one packet to send now, what changed, and when the next <see cref="BfdSession.Tick"/> is due.</summary>
public readonly record struct BfdStep
{
    /// <summary>Why the datagram was discarded; <see cref="BfdDiscardReason.None"/> when it was not, and for other events.</summary>
    public BfdDiscardReason Discard { get; init; }

    /// <summary>What to send at once. There may be more: then <see cref="Deadline"/> is not after <c>now</c>.</summary>
    public BfdTransmission Transmission { get; init; }

    /// <summary>Bytes that were written into the transmit buffer; 0 with <see cref="BfdTransmission.None"/> and <see cref="BfdTransmission.EchoReturn"/>.</summary>
    public int Length { get; init; }

    /// <summary>What changed.</summary>
    public BfdNotifications Notifications { get; init; }

    /// <summary>Whether the session seems to be gone and the sockets must be drained: hand over all packets that wait, then call <see cref="BfdSession.Tick"/> with <c>drained</c>.</summary>
    public bool DrainNeeded { get; init; }

    /// <summary>When the next tick is due, in nanoseconds of the clock of <c>now</c>; <see cref="long.MaxValue"/> for never. A tick that comes early does nothing.</summary>
    public long Deadline { get; init; }
}
