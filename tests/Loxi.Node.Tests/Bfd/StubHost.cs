using System.Net;
using Loxi.Node.Bfd;

namespace Loxi.Node.Tests.Bfd;

/// <summary>A host on 192.0.2.0/24 and 2001:db8::/64 whose route to everything leads from 192.0.2.1.</summary>
internal sealed class StubHost : IBfdHost
{
    public List<IPAddress> Asked { get; } = [];

    public bool IsDirect(IPAddress peer)
    {
        Asked.Add(peer);
        return IPNetwork.Parse("192.0.2.0/24").Contains(peer) || IPNetwork.Parse("2001:db8::/64").Contains(peer);
    }

    public IPAddress? SourceOf(BfdName session) => session.Peer.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IPAddress.Parse("192.0.2.1") : null;
}
