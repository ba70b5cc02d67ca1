using Loxi.Api.Wire;
using Loxi.Node.Bfd;

namespace Loxi.Node.Rest;

/// <summary>The BFD sessions of this node. Changes are made one at a time, in force and saved when a task ends.</summary>
internal interface INodeBfd
{
    /// <summary>The sessions in the order of their peers; null when there never was one.</summary>
    Task<IReadOnlyList<NodeBfdSession>?> ListAsync(CancellationToken cancellationToken);

    /// <summary>Makes a session, or changes the one with the same peer without a flap (<see cref="BfdReader"/> has the rules).</summary>
    Task<BfdResult> PutAsync(BfdArguments arguments, CancellationToken cancellationToken);

    /// <summary>Takes a session away; its peer is told that it is administratively down.</summary>
    Task<BfdResult> RemoveAsync(BfdSelector selector, CancellationToken cancellationToken);
}
