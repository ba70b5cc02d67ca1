namespace Loxi.TestKit.Controller;

/// <summary>A BGP neighbour outside of the cluster (<c>--extBGPPeers</c>).</summary>
public sealed record ControllerPeer(string Address, uint As);
