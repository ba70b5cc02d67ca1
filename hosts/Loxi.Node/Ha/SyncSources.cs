using System.Collections.Frozen;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;

namespace Loxi.Node.Ha;

/// <summary>
/// Which connections would go on at another node: those whose endpoints see the client, or an address that moves with a VIP group. To an address of this node alone, as in one-arm mode
/// without a pool, nobody would answer after its death: without the connection the other node resets it, or opens it anew. May be asked from any thread.
/// </summary>
internal sealed class SyncSources
{
    private volatile FrozenSet<FlowAddress> _moving = FrozenSet<FlowAddress>.Empty;

    /// <summary>Services and pools are now these.</summary>
    /// <param name="services">The services as they are in force.</param>
    /// <param name="pools">The source pools.</param>
    /// <returns>Whether connections would go on now that would not have before: such may be there already.</returns>
    public bool Set(ServiceModel services, SourcePools pools)
    {
        var before = _moving;
        // Connections keep their source when a pool or VIP goes, so what has moved stays among them: without it they would count as gone, and be ended when it comes back.
        _moving = before.Concat(VipGroupPlan.AddressesOf(services.ToOrderedArray(), pools).Select(static a => FlowAddress.From(a.Address))).ToFrozenSet();
        return _moving.Count > before.Count;
    }

    public bool Moves(ConnectionKey key, ConnectionPath path) => (path.Traits & ConnectionTraits.Direct) != 0 || path.Source == key.Client || _moving.Contains(path.Source);
}
