using System.Collections.Immutable;
using System.Net;

namespace Loxi.Ha.Transport;

/// <summary>Roles without effect: nobody is asked and nothing announced.</summary>
internal sealed class NoRoleEffects : IRoleEffects
{
    public void Announce(string group, ImmutableArray<IPAddress> withheld)
    {
        // Nothing is announced.
    }

    public void StopAnnouncing(string group)
    {
        // Nothing was announced.
    }

    public Task<ImmutableArray<IPAddress>> ProbeVipsAsync(string group, ImmutableArray<IPAddress> vips) => Task.FromResult(ImmutableArray<IPAddress>.Empty);

    public Task SendBarrierAsync(string group, ushort peer) => Task.CompletedTask;

    public void DrainTo(string group, ushort peer, TimeSpan idle, TimeSpan limit)
    {
        // Nothing is forwarded.
    }
}
