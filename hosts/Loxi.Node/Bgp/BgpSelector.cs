using System.Net;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>Which peer is meant.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Interface">The interface of a link-local peer; empty for the only one with the address.</param>
internal sealed record BgpSelector(IPAddress Address, string Interface)
{
    public bool Means(BgpPeerKey key) => key.Address.Equals(Address) && (Interface.Length == 0 || key.Interface is null || key.Interface == Interface);
}
