using Loxi.Bgp;
using Loxi.Node.Bgp;

namespace Loxi.Node.Rest;

/// <summary>BGP of this node. Changes are made one at a time, in force and saved when a task ends.</summary>
internal interface INodeBgp
{
    /// <summary>What the command line says.</summary>
    BgpDefaults Defaults { get; }

    /// <summary>What is known of the host.</summary>
    IBgpHost Host { get; }

    /// <summary>The configuration.</summary>
    Task<BgpModel> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The peers that the speaker has.</summary>
    Task<IReadOnlyList<BgpPeerReport>> ReadPeersAsync(CancellationToken cancellationToken);

    /// <summary>Changes the configuration.</summary>
    /// <param name="change">Makes the other one; the same one for no change.</param>
    /// <param name="text">Told to the peers that this takes down; null for nothing.</param>
    /// <param name="cancellationToken">Until the change has begun.</param>
    Task<BgpResult> ChangeAsync(BgpChange change, string? text, CancellationToken cancellationToken);

    /// <summary>What went wrong with a peer; null when the speaker has none such.</summary>
    Task<BgpPeerErrors?> ReadErrorsAsync(BgpPeerKey peer, CancellationToken cancellationToken);

    /// <summary>A page of routes.</summary>
    /// <exception cref="FormatException">The page does not begin where one has ended.</exception>
    Task<BgpRoutePage> ReadRoutesAsync(BgpRouteQuery query, CancellationToken cancellationToken);

    /// <summary>Resets a session; false when the speaker has no such peer.</summary>
    Task<bool> ResetAsync(BgpPeerKey peer, BgpResetKind kind, string text, CancellationToken cancellationToken);
}
