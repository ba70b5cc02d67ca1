using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Wire;

/// <summary>Where things are in a frame (docs/ha-sync.md). Numbers are in network order.</summary>
internal static class SyncFrameLayout
{
    /// <summary>"LXSY".</summary>
    public const uint Magic = 0x4c585359;

    public const byte Version = 1;

    public const int HeaderLength = 40;
    public const int LongestFrame = 65_536;

    public const int VersionAt = 4;
    public const int KindAt = 5;
    public const int EpochAt = 6;
    public const int IncarnationAt = 8;
    public const int SequenceAt = 16;
    public const int AckAt = 24;
    public const int TermAt = 32;
    public const int FlagsAt = 36;
    public const int ReservedAt = 37;
    public const int CountAt = 38;

    /// <summary>Of a bucket: it ends with this frame.</summary>
    public const byte LastFlag = 1;

    /// <summary>Of a bucket: what of the sender's own is not in it is gone.</summary>
    public const byte WholeFlag = 2;

    /// <summary>The sender serves: it sees the traffic of its entries.</summary>
    public const byte ServesFlag = 4;

    /// <summary>Some builds said with it what <see cref="LacksNotice"/> says. Means nothing any more, and is not sent: builds before them refuse it.</summary>
    public const byte FormerLacksFlag = 8;

    /// <summary>Bit of a notice: the sender's table lacks entries that it was told of: they are parked.</summary>
    public const ulong LacksNotice = 1;

    public const byte BucketFlags = LastFlag | WholeFlag;

    /// <summary>Magic 4, schema 8, layout 4, node 1, peer 1, channel 1, 0 1.</summary>
    public const int OpenLength = HeaderLength + 20;

    /// <summary>Owner 1, 0 1, first bucket 2, then 8 octets for each bucket.</summary>
    public const int DigestHeadLength = HeaderLength + 4;

    public const int DigestBuckets = 512;

    /// <summary>Round 4, then a bit for each bucket, the first one the lowest of the first octet.</summary>
    public const int WantLength = HeaderLength + 4 + (ConnectionBuckets.Count / 8);

    /// <summary>Round 4, bucket 2, 0 2, then records.</summary>
    public const int BucketHeadLength = HeaderLength + 8;
}
