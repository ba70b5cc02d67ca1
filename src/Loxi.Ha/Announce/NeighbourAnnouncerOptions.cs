using Loxi.Linux.Namespaces;

namespace Loxi.Ha.Announce;

/// <summary>How a <see cref="NeighbourAnnouncer"/> works.</summary>
public sealed record NeighbourAnnouncerOptions
{
    /// <summary>The usual <see cref="Mark"/>: "LOXI".</summary>
    public const uint DefaultMark = 0x4c4f_5849;

    /// <summary>
    /// Says on an address that it is this announcer's, also after a crash: its metric. IFA_PROTO is not in kernels before 5.18; the metric is kept by all, and means
    /// nothing where no route is made. Two announcers in one namespace need two.
    /// </summary>
    /// <value>Default: <see cref="DefaultMark"/>.</value>
    public uint Mark { get; init; } = DefaultMark;

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
