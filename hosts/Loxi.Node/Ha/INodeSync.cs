using Loxi.Ha.Sync.Speaker;

namespace Loxi.Node.Ha;

/// <summary>Whether the connections of the other nodes are here.</summary>
internal interface INodeSync
{
    /// <summary>Told when <see cref="IsReady"/> changes.</summary>
    event Action? ReadyChanged;

    /// <summary>Whether all that live nodes had has come, or connections are not kept alike.</summary>
    bool IsReady { get; }

    /// <summary>Waits until all connections of this node are at another one.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended, or the node is none of the others any more.</exception>
    Task PassAsync(byte peer, CancellationToken cancellationToken);

    /// <summary>How far connections are at the other nodes; null where they are not kept alike.</summary>
    Task<SyncSpeakerStatus?> ReadAsync();

    /// <summary>Keeps connections like those of these nodes from now on; all or nothing. Does nothing where they are not kept alike.</summary>
    /// <exception cref="InvalidSyncSettingsException">They cannot be in force; nothing was changed.</exception>
    Task ApplyAsync(HaModel model);
}
