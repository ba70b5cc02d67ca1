using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <summary>Something that the engine tells the rest of the process.</summary>
internal readonly record struct EngineEvent(EngineEventKind Kind)
{
    /// <summary>The session that it is about.</summary>
    public EngineSession? Session { get; init; }

    /// <summary>The port that it is about.</summary>
    public ReceivePort? Port { get; init; }

    /// <summary>Who wants to hear.</summary>
    public ReachabilityListener? Listener { get; init; }

    /// <summary>The change of state.</summary>
    public BfdTransition Transition { get; init; }

    /// <summary>The number of the change; the error number; the number of sessions that it matters to; of losses; 1 or 0 for an alarm.</summary>
    public long Number { get; init; }

    /// <summary>How late, in nanoseconds.</summary>
    public long Lateness { get; init; }

    /// <summary>Time that garbage collections took of it.</summary>
    public TimeSpan CollectionPause { get; init; }
}
