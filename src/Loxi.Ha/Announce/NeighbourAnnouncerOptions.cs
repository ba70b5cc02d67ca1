using Loxi.Linux.Namespaces;

namespace Loxi.Ha.Announce;

/// <summary>How a <see cref="NeighbourAnnouncer"/> works.</summary>
public sealed record NeighbourAnnouncerOptions
{
    /// <summary>
    /// Priority of the announcer's thread in the real-time class SCHED_FIFO, 1 (lowest) to 99; 0 for the ordinary class. Where it is refused
    /// (CAP_SYS_NICE is missing, or the control group has no real-time share) the ordinary class is kept, and one line of the log says so.
    /// </summary>
    /// <value>Default: 0.</value>
    public int RealTimePriority { get; init; }

    /// <summary>The network namespace to work in. It must not be disposed before the announcer.</summary>
    /// <value>Default: null, that of the process.</value>
    public NetworkNamespace? NetworkNamespace { get; init; }
}
