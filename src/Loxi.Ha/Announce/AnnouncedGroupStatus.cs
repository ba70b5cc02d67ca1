using System.Collections.Immutable;

namespace Loxi.Ha.Announce;

/// <summary>A VIP group as the announcer has it now.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="IsMaster">Whether this node is master.</param>
/// <param name="Addresses">Its addresses, as declared.</param>
public sealed record AnnouncedGroupStatus(string Name, bool IsMaster, ImmutableArray<AnnouncedAddressStatus> Addresses);
