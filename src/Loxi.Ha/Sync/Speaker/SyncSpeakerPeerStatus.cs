using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>How it stands with a peer.</summary>
/// <param name="Engine">What the engine says of it: open streams, lag, backlog.</param>
/// <param name="Live">The connection for changes.</param>
/// <param name="Bulk">The connection for whole buckets.</param>
public sealed record SyncSpeakerPeerStatus(SyncPeerStatus Engine, SyncLinkStatus Live, SyncLinkStatus Bulk)
{
    /// <summary>The last connection with it that was refused or not made; null when none was.</summary>
    public SyncRefusalStatus? LastRefusal { get; init; }
}
