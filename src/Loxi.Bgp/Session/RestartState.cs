using System.Collections.Immutable;

namespace Loxi.Bgp.Session;

/// <summary>What the own program knows about its last restart (RFC 4724 4.1); the first OPENs say it.</summary>
/// <param name="Restarted">R: we have restarted and want the peer's routes without waiting for ours.</param>
/// <param name="ForwardingKept">F: families whose forwarding went on meanwhile.</param>
internal sealed record RestartState(bool Restarted, ImmutableArray<BgpFamily> ForwardingKept)
{
    internal static RestartState None { get; } = new(false, []);
}
