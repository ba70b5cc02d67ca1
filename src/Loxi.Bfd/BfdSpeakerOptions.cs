using Loxi.Linux.Namespaces;

namespace Loxi.Bfd;

/// <summary>How a <see cref="BfdSpeaker"/> works.</summary>
public sealed record BfdSpeakerOptions
{
    /// <summary>
    /// Priority of the engine's thread in the real-time class SCHED_FIFO, 1 (lowest) to 99; 0 for the ordinary class. Where it is refused
    /// (CAP_SYS_NICE is missing, or the control group has no real-time share) the ordinary class is kept, and one line of the log says so.
    /// </summary>
    /// <value>Default: 0.</value>
    public int RealTimePriority { get; init; }

    /// <summary>
    /// How long disposing waits at most for the peers to hear AdminDown. A peer that was up is told until it says that it is down too, or until it has found out by
    /// its detection time (RFC 5880 6.8.16), which one that answers ends in a round trip. 0: it is said once.
    /// </summary>
    /// <value>Default: 2 s; range 0 to 1 minute.</value>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The greatest <see cref="StopTimeout"/>.</summary>
    internal static TimeSpan LongestStopTimeout { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The network namespace that the speaker works in; must stay open until it is disposed.</summary>
    /// <value>Default: null, that of the thread that applies sessions.</value>
    public NetworkNamespace? NetworkNamespace { get; init; }
}
