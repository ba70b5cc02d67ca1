using System.Net;
using Loxi.Bfd;

namespace Loxi.Node.Bfd;

/// <summary>What is known of this host at one moment.</summary>
internal sealed class BfdHost(IBfdNetwork network, IReadOnlyList<BfdSessionReport> reports) : IBfdHost
{
    public bool IsDirect(IPAddress peer) => network.IsDirect(peer);

    public IPAddress? SourceOf(BfdName session)
    {
        var report = reports.FirstOrDefault(r => r.Key.PeerAddress.Equals(session.Peer) && (session.Interface.Length == 0 || r.Key.Interface == session.Interface));
        // The scope of a link-local address is the interface, which the session has.
        return report?.LocalAddress is { IsIPv6LinkLocal: true } scoped ? new IPAddress(scoped.GetAddressBytes()) : report?.LocalAddress;
    }
}
