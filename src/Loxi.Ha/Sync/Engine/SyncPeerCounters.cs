namespace Loxi.Ha.Sync.Engine;

/// <summary>What was counted of a peer.</summary>
/// <param name="RecordsSent">Changes and refreshes that went to it by the live channel.</param>
/// <param name="RecordsReceived">Records that came from it.</param>
/// <param name="RecordsJoined">Records that went to it because it joined.</param>
/// <param name="RecordsResent">Records that went to it again because sums differed or changes were dropped.</param>
/// <param name="RefreshesDropped">Buckets of refreshes that did not go because too much waited.</param>
/// <param name="ChangesDropped">Changes that went with their whole bucket later because too much waited.</param>
/// <param name="BucketsUnequal">Buckets of it whose sums differed.</param>
/// <param name="RecordsImpossible">Records of it that there cannot be.</param>
/// <param name="FramesRefused">Frames of it with which something was wrong.</param>
public record struct SyncPeerCounters(
    long RecordsSent,
    long RecordsReceived,
    long RecordsJoined,
    long RecordsResent,
    long RefreshesDropped,
    long ChangesDropped,
    long BucketsUnequal,
    long RecordsImpossible,
    long FramesRefused);
