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

    /// <summary>The network namespace that the speaker works in; must stay open until it is disposed.</summary>
    /// <value>Default: null, that of the thread that applies sessions.</value>
    public NetworkNamespace? NetworkNamespace { get; init; }
}
