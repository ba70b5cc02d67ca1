using Loxi.Api.V1;
using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary>The other nodes and the keys of HELLO. Changes are made one at a time, saved and in force when a task ends, or not made at all.</summary>
internal interface INodeHaSettings
{
    /// <summary>The number of this node.</summary>
    int Self { get; }

    /// <summary>What is in force.</summary>
    Task<HaModel> ReadSettingsAsync(CancellationToken cancellationToken);

    /// <summary>Adds another node, or changes the ways to it.</summary>
    Task<HaChange> PutPeerAsync(int node, HaPeerSettings peer, CancellationToken cancellationToken);

    /// <summary>Takes another node away, but not the last one.</summary>
    Task<HaChange> RemovePeerAsync(int node, CancellationToken cancellationToken);

    /// <summary>Forgets what is stored of other nodes.</summary>
    Task<HaChange> ResetPeersAsync(CancellationToken cancellationToken);

    /// <summary>Changes mode, keys and sending key.</summary>
    Task<HaChange> SetKeysAsync(HaKeysArguments arguments, CancellationToken cancellationToken);
}
