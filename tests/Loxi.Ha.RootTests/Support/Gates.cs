using System.Collections.Concurrent;
using System.Net;
using Loxi.Core.Roles;

namespace Loxi.Ha.RootTests.Support;

/// <summary>Gates of no data plane: keeps the moments.</summary>
internal sealed class Gates : IRoleGates
{
    private readonly ConcurrentDictionary<string, (TimeSpan Alive, TimeSpan Answer)> _gates = new(StringComparer.Ordinal);

    /// <summary>What is noted beside the gates.</summary>
    public ConcurrentDictionary<string, (ulong Term, ushort Node)> Owners { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, (TimeSpan Alive, TimeSpan Answer)> All => _gates;

    /// <summary>Hears when a gate for answers opens or closes, and when packets begin to be handed over.</summary>
    public Action<string>? Told { get; init; }

    public void SetGate(string group, bool sharedLink) => _gates.TryAdd(group, default);

    public bool Refresh(string group, TimeSpan aliveUntil, TimeSpan answerUntil)
    {
        var wasOpen = _gates.TryGetValue(group, out var before) && before.Answer > TimeSpan.Zero;
        _gates[group] = (aliveUntil, answerUntil);
        if (wasOpen != answerUntil > TimeSpan.Zero)
        {
            Told?.Invoke(wasOpen ? "closes" : "opens");
        }

        return true;
    }

    public void SetOwner(string group, ulong term, ushort node) => Owners[group] = (term, node);

    public GateOwner? ReadOwner(string group) => Owners.TryGetValue(group, out var owner) && _gates.TryGetValue(group, out var gate) ? new GateOwner(GateOwner.NotedOf(owner.Term), owner.Node, gate.Answer) : null;

    public void RemoveGate(string group) => _gates.TryRemove(group, out _);

    public void SetRedirect(string group, PeerRedirect? redirect) => throw new NotSupportedException("The speaker redirects nothing itself.");

    public void PrepareRedirect(string group, PeerRedirect redirect) => throw new NotSupportedException("The speaker prepares nothing.");

    public bool BeginRedirect(string group)
    {
        Told?.Invoke("hands over");
        return true;
    }

    public TimeSpan? ReadRedirectSilence(string group) => throw new NotSupportedException("The speaker does not watch packets.");

    public void SetPeers(IEnumerable<IPAddress> addresses) => throw new NotSupportedException("The speaker has no tunnels.");
}
