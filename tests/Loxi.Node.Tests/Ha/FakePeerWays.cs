using System.Net.NetworkInformation;
using Loxi.Core.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

/// <summary>Knows one way, or none.</summary>
internal sealed class FakePeerWays : IPeerWays
{
    public PeerRedirect? Way { get; set; } = PeerRedirect.OnLink(2, PhysicalAddress.Parse("02-00-00-00-00-02"), PhysicalAddress.Parse("02-00-00-00-00-01"));

    /// <summary>The interfaces that were asked for last.</summary>
    public IReadOnlyCollection<string> Interfaces { get; private set; } = [];

    public PeerRedirect? Find(RolePeer peer, IReadOnlyCollection<string> interfaces)
    {
        Interfaces = interfaces;
        return Way;
    }
}
