using Loxi.Nat;
using Loxi.Nat.Interfaces;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <summary>The programs of the balancer.</summary>
internal sealed class NodeDataPlane(NatBalancer balancer) : IDataPlane
{
    public IReadOnlyList<AttachmentLoss> Losses => balancer.Losses;

    public event Action? LossesChanged
    {
        add => balancer.LossesChanged += value;
        remove => balancer.LossesChanged -= value;
    }
}
