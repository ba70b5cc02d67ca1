using System.Collections.Immutable;
using System.Net;

namespace Loxi.Core.Roles;

/// <summary>
/// Tells the neighbours on the links of this node for which addresses it speaks: puts them on interfaces, announces them by ARP and neighbour
/// discovery, finds who else has them, and takes them away.
/// </summary>
/// <remarks>Methods may be called from any thread; none blocks. What they ask for is done in the order of the calls.</remarks>
public interface INeighbourAnnouncer
{
    /// <summary>Replaces what is declared. The same again does nothing; groups that stay master are not announced again.</summary>
    /// <param name="groups">All groups of the node, each name once.</param>
    /// <param name="cancellationToken">Ends the wait, not what was begun.</param>
    /// <returns>Ends when addresses are in place and the first announcements sent. Faults when the declaration is wrong or the kernel refused an address; then nothing is changed.</returns>
    Task ApplyAsync(ImmutableArray<AnnouncedGroup> groups, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes or gives up the addresses of a group. All that can be taken are: one that the kernel refuses does not hold up the others, is said
    /// in the log and the status, and tried again.
    /// </summary>
    /// <param name="group">Name of a group that was declared.</param>
    /// <param name="isMaster">Whether this node is master.</param>
    /// <param name="withheld">Addresses of the group that are not taken, because another host has them; default or empty for none.</param>
    /// <returns>Ends when addresses are in place and the first announcements sent, or when they are gone. Faults with <see cref="ArgumentException"/> when there is no such group or address.</returns>
    Task SetRoleAsync(string group, bool isMaster, ImmutableArray<IPAddress> withheld = default);

    /// <summary>Begins the announcements of a group anew, as after it became master. Nothing happens while the node is not master.</summary>
    /// <param name="group">Name of a group that was declared; null for all.</param>
    /// <returns>Ends when the first were sent. Faults with <see cref="ArgumentException"/> when there is no such group.</returns>
    Task RepeatAsync(string? group = null);

    /// <summary>Asks on the links whether another host has addresses of a group. Needs no role and takes no address.</summary>
    /// <param name="group">Name of a group that was declared.</param>
    /// <param name="addresses">Those to ask for; default or empty for all. <see cref="AddressPlacement.Routed"/> ones are not asked for.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <returns>Who answered, the first for each address; empty when nobody did. Faults with <see cref="ArgumentException"/> when there is no such group or address.</returns>
    Task<ImmutableArray<AddressClaim>> ProbeAsync(string group, ImmutableArray<IPAddress> addresses = default, CancellationToken cancellationToken = default);

    /// <summary>Says which nodes share the groups: what they claim while a role changes hands is no conflict.</summary>
    /// <param name="addresses">Their addresses on the links where the groups are announced; empty for none.</param>
    /// <returns>Ends when it is in force.</returns>
    Task SetPeersAsync(ImmutableArray<IPAddress> addresses);

    /// <summary>Listens to other hosts that claim addresses for which this node is master.</summary>
    /// <param name="listener">Called for the first claim at once, then at most once a second for an address and host. It must not block.</param>
    /// <returns>Dispose to end.</returns>
    IDisposable Subscribe(Action<AddressConflict> listener);
}
