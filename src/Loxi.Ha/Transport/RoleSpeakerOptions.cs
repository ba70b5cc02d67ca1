using Loxi.Linux.Namespaces;

namespace Loxi.Ha.Transport;

/// <summary>How a <see cref="RoleSpeaker"/> works.</summary>
public sealed record RoleSpeakerOptions
{
    /// <summary>The directory of its durable state <c>ha.state</c>. Default <see langword="null"/>: nothing outlives the process, which is a lasting alarm where the nodes decide.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>
    /// Priority of the thread in the real-time class SCHED_FIFO, 1 (lowest) to 99; 0 for the ordinary class. Where it is refused
    /// (CAP_SYS_NICE is missing, or the control group has no real-time share) the ordinary class is kept, and one line of the log says so.
    /// </summary>
    /// <value>Default: 0.</value>
    public int RealTimePriority { get; init; }

    /// <summary>How long before the end of the lease of a witness the node stops to announce: for as long as its clock may be slow, and its gates stay open when it stands still.</summary>
    /// <value>Default: 1 s; at least the dead-man time, interval times multiplier, is taken.</value>
    public TimeSpan WitnessMargin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The network namespace to work in; must stay open until the speaker is disposed.</summary>
    /// <value>Default: null, that of the thread that applies settings.</value>
    public NetworkNamespace? NetworkNamespace { get; init; }
}
