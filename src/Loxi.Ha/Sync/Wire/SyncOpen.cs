namespace Loxi.Ha.Sync.Wire;

/// <summary>What opens a stream.</summary>
internal readonly record struct SyncOpen(ulong Schema, uint Layout, byte Node, byte Peer, SyncChannel Channel);
