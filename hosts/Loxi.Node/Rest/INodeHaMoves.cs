using Loxi.Api.V1;

namespace Loxi.Node.Rest;

/// <summary>Planned moves of VIP groups (R8).</summary>
internal interface INodeHaMoves
{
    /// <summary>Moves a group to another node, or from another node to this one.</summary>
    Task<HaMoveResult> SwitchOverAsync(string group, HaMoveArguments arguments, CancellationToken cancellationToken);

    /// <summary>Gives all groups away and takes none until <see cref="ResumeAsync"/>; stored.</summary>
    Task<HaMoveResult> DrainAsync(HaMoveArguments arguments, CancellationToken cancellationToken);

    /// <summary>Takes roles again.</summary>
    Task<HaMoveResult> ResumeAsync(CancellationToken cancellationToken);
}
