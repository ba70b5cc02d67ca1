namespace Loxi.TestKit.Controller;

/// <summary>What the controller makes of the nodes' BGP (<c>--setBGP</c>).</summary>
public sealed record ControllerBgp
{
    public required uint LocalAs { get; init; }

    public int ListenPort { get; init; } = 179;

    public IReadOnlyList<ControllerPeer> ExternalPeers { get; init; } = [];

    /// <summary>Whether the nodes are made neighbours of each other, as where the controller has found them by itself.</summary>
    public bool Mesh { get; init; }

    /// <summary>Whether external neighbours may be some hops away (<c>--eBGPMultiHop</c>).</summary>
    public bool MultiHop { get; init; }
}
