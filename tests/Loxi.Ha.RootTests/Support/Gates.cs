using System.Collections.Concurrent;
using System.Net;
using Loxi.Core.Roles;

namespace Loxi.Ha.RootTests.Support;

/// <summary>Gates of no data plane: keeps the moments.</summary>
internal sealed class Gates : IRoleGates
{
    private readonly ConcurrentDictionary<string, (TimeSpan Alive, TimeSpan Answer)> _gates = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, (TimeSpan Alive, TimeSpan Answer)> All => _gates;

    public void SetGate(string group, bool sharedLink) => _gates.TryAdd(group, default);

    public bool Refresh(string group, TimeSpan aliveUntil, TimeSpan answerUntil)
    {
        _gates[group] = (aliveUntil, answerUntil);
        return true;
    }

    public void RemoveGate(string group) => _gates.TryRemove(group, out _);

    public void SetRedirect(string group, PeerRedirect? redirect) => throw new NotSupportedException("The speaker redirects nothing itself.");

    public void SetPeers(IEnumerable<IPAddress> addresses) => throw new NotSupportedException("The speaker has no tunnels.");
}
