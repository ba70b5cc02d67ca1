using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>One channel with a peer, with or without a connection.</summary>
internal sealed class SyncLink(byte peer, SyncChannel channel)
{
    public readonly byte Peer = peer;
    public readonly SyncChannel Channel = channel;
    public SyncConnection? Connection;
    public TimeSpan AttachedAt;

    /// <summary>It was told that the stream is open.</summary>
    public bool IsOpen;
    public long Opened;
    public string? LastEnd;

    public SyncLinkStatus Status => new(Connection?.Remote, Opened, Connection?.Unsent ?? 0, LastEnd);
}
