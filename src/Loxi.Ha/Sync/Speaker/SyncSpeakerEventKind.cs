namespace Loxi.Ha.Sync.Speaker;

/// <summary>What a <see cref="SyncSpeaker{TKey, TValue}"/> tells.</summary>
public enum SyncSpeakerEventKind
{
    /// <summary>A stream with a peer is open, in both directions.</summary>
    Opened,

    /// <summary>A stream with a peer is over, and why.</summary>
    Closed,

    /// <summary>A connection was refused, or not made, and why. It is tried again.</summary>
    Refused,

    /// <summary>All that live peers had has come: this node can take over.</summary>
    Ready,

    /// <summary>That is not so any more.</summary>
    NotReady,
}
