namespace Loxi.Bfd.Session;

/// <summary>What a step has changed that somebody may want to hear of.</summary>
[Flags]
public enum BfdNotifications : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The state changed, perhaps more than once: see <see cref="BfdSession.TransitionCount"/>.</summary>
    StateChanged = 1 << 0,

    /// <summary>State, diagnostic, intervals, multiplier, demand or discriminator of the peer changed.</summary>
    RemoteChanged = 1 << 1,

    /// <summary>A Poll Sequence began.</summary>
    PollStarted = 1 << 2,

    /// <summary>A Poll Sequence ended with a Final.</summary>
    PollEnded = 1 << 3,

    /// <summary>A Final was not sent because there are too many Polls (RFC 5880 6.8.7).</summary>
    FinalSuppressed = 1 << 4,

    /// <summary>The detection time became, or is no longer, more than 10 times the configured one: see <see cref="BfdSession.DetectionTimeAlarm"/>.</summary>
    DetectionTimeAlarmChanged = 1 << 5,

    /// <summary>The peer's packets come from another address than before. It is not used as a destination (RFC 5881 6).</summary>
    SourceChanged = 1 << 6,

    /// <summary>The step came later than half the detection time: the process was late, whatever the peer did.</summary>
    Late = 1 << 7,

    /// <summary>Echo packets began or ceased to be sent.</summary>
    EchoChanged = 1 << 8,

    /// <summary>Demand mode became active, or is no longer, on either side.</summary>
    DemandChanged = 1 << 9,
}
