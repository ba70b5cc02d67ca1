using System.Net;
using Loxi.Core.Roles;

namespace Loxi.Node.Tests.Ha;

/// <summary>Remembers which groups have gates.</summary>
internal sealed class FakeGates : IRoleGates
{
    public List<string> Removed { get; } = [];

    public void SetGate(string group, bool sharedLink)
    {
    }

    public bool Refresh(string group, TimeSpan aliveUntil, TimeSpan answerUntil) => true;

    public void RemoveGate(string group) => Removed.Add(group);

    public void SetRedirect(string group, PeerRedirect? redirect)
    {
    }

    public void SetPeers(IEnumerable<IPAddress> addresses)
    {
    }
}
