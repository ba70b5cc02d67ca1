using System.Collections.Immutable;
using System.Net;

namespace Loxi.Core.Roles;

/// <summary>The addresses of a VIP group, and whether this node speaks for them.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="Addresses">Its addresses, each in one group alone; may be empty.</param>
/// <param name="IsMaster">Whether this node is master.</param>
public sealed record AnnouncedGroup(string Name, ImmutableArray<AnnouncedAddress> Addresses, bool IsMaster)
{
    /// <summary>Those of <see cref="Addresses"/> that are not taken though the node is master, because another host has them; empty by default.</summary>
    public ImmutableArray<IPAddress> Withheld { get; init; } = [];
}
