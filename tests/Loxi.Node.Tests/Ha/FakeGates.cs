using System.Collections.Concurrent;
using System.Net;
using Loxi.Core.Roles;

namespace Loxi.Node.Tests.Ha;

/// <summary>Remembers which groups have gates, and what is handed over.</summary>
internal sealed class FakeGates : IRoleGates
{
    public List<string> Removed { get; } = [];

    /// <summary>What was done about redirects, one line each.</summary>
    public ConcurrentQueue<string> Redirects { get; } = [];

    public IReadOnlyList<IPAddress> Peers { get; private set; } = [];

    /// <summary>How long ago the last packet came.</summary>
    public TimeSpan? Silence { get; set; }

    public void SetGate(string group, bool sharedLink)
    {
    }

    public bool Refresh(string group, TimeSpan aliveUntil, TimeSpan answerUntil) => true;

    public void SetOwner(string group, ulong term, ushort node)
    {
    }

    public GateOwner? ReadOwner(string group) => null;

    public void RemoveGate(string group) => Removed.Add(group);

    public void SetRedirect(string group, PeerRedirect? redirect) => Redirects.Enqueue(redirect is null ? $"{group} ends" : $"{group} {redirect.Scope} to {ToText(redirect)}");

    public void PrepareRedirect(string group, PeerRedirect redirect) => Redirects.Enqueue($"{group} prepares {redirect.Scope} to {ToText(redirect)}");

    public bool BeginRedirect(string group) => true;

    public TimeSpan? ReadRedirectSilence(string group) => Silence;

    public void SetPeers(IEnumerable<IPAddress> addresses) => Peers = [.. addresses];

    private static string ToText(PeerRedirect redirect) => redirect.PeerMac is { } mac ? $"{mac}" : $"{redirect.PeerAddress4 ?? redirect.PeerAddress6}";
}
