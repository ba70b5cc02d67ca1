namespace Loxi.Ha.Sync.Wire;

/// <summary>What a frame holds. The numbers are those of the wire (docs/ha-sync.md).</summary>
internal enum SyncFrameKind : byte
{
    /// <summary>Who speaks; the first frame of a stream.</summary>
    Open = 1,

    /// <summary>Changes and refreshes. Live.</summary>
    Records = 2,

    /// <summary>Nothing but what every header says: how far the sender has applied the other's frames.</summary>
    Ack = 3,

    /// <summary>Sums of buckets as they are when the receiver has applied all frames before. Live.</summary>
    Digest = 4,

    /// <summary>Asks for buckets. Live.</summary>
    Want = 5,

    /// <summary>A bucket, or a part of one. Bulk.</summary>
    Bucket = 6,
}
