namespace Loxi.Bfd.Transport;

/// <summary>What the engine has to tell.</summary>
internal enum EngineEventKind
{
    /// <summary>A session changed its state.</summary>
    Transition,

    /// <summary>Packets of a session cannot be sent.</summary>
    SendFailed,

    /// <summary>Packets of a session that is bound to a link still cannot be sent: the link may have been made anew.</summary>
    LinkInDoubt,

    /// <summary>They can again.</summary>
    SendRecovered,

    /// <summary>The engine woke up later than half a detection time.</summary>
    Late,

    /// <summary>Packets were lost because a receive buffer was full.</summary>
    Overflow,

    /// <summary>The detection time became, or is no longer, far longer than configured.</summary>
    DetectionTimeAlarm,

    /// <summary>A peer's packets come from another address.</summary>
    SourceChanged,

    /// <summary>A peer sends more Polls than are answered.</summary>
    FinalsSuppressed,

    /// <summary>A session is no longer wanted.</summary>
    Removed,

    /// <summary>A session that is no longer wanted has told its peer.</summary>
    Left,

    /// <summary>Somebody wants to hear which peers are there. Comes from the speaker itself.</summary>
    Subscribed,
}
