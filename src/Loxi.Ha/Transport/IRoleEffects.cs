using System.Collections.Immutable;
using System.Net;

namespace Loxi.Ha.Transport;

/// <summary>
/// What becomes of roles outside of this library: addresses on links, routes, streams. Called on one thread, in the order of the decisions; may
/// take its time, which delays later effects but no HELLO and no gate. What it throws is logged.
/// </summary>
public interface IRoleEffects
{
    /// <summary>Adds and announces the VIPs of a group, with a burst; again when it is told again.</summary>
    /// <param name="group">The group.</param>
    /// <param name="withheld">VIPs that stay out, because another host answers for them.</param>
    void Announce(string group, ImmutableArray<IPAddress> withheld);

    /// <summary>Takes the VIPs of a group away.</summary>
    /// <param name="group">The group.</param>
    void StopAnnouncing(string group);

    /// <summary>Asks on the links whether anybody answers for VIPs, three times, 50 ms apart.</summary>
    /// <param name="group">The group.</param>
    /// <param name="vips">Which; empty for all of the group.</param>
    /// <returns>Those that somebody answers for.</returns>
    Task<ImmutableArray<IPAddress>> ProbeVipsAsync(string group, ImmutableArray<IPAddress> vips);

    /// <summary>Sends a barrier through the stream of connections to a node.</summary>
    /// <param name="group">The group.</param>
    /// <param name="peer">The node.</param>
    /// <returns>When it has passed; at once where there is no stream.</returns>
    Task SendBarrierAsync(string group, ushort peer);

    /// <summary>Hands the packets of a group to another node, and ends that later.</summary>
    /// <param name="group">The group.</param>
    /// <param name="peer">The node.</param>
    /// <param name="idle">Ends after so long without packets.</param>
    /// <param name="limit">Ends then at the latest.</param>
    void DrainTo(string group, ushort peer, TimeSpan idle, TimeSpan limit);
}
