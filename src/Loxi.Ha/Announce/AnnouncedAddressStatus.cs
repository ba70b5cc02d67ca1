using System.Collections.Immutable;
using Loxi.Core.Roles;

namespace Loxi.Ha.Announce;

/// <summary>An address of a VIP group as it is now.</summary>
/// <param name="Declared">What was declared.</param>
/// <param name="Condition">What is the matter with it.</param>
/// <param name="Fault">Why it is not in place, not announced or not answered for, or answered for although it should not be; null where all is well.</param>
/// <param name="Interfaces">Names of the interfaces on which it is announced; empty while it is not.</param>
/// <param name="Announcements">Announcements that were sent, all frames of a link and moment as one.</param>
/// <param name="Conflicts">Claims of other hosts since the node became master.</param>
/// <param name="LastClaim">The last of them, or null.</param>
public sealed record AnnouncedAddressStatus(
    AnnouncedAddress Declared,
    AnnouncedAddressCondition Condition,
    string? Fault,
    ImmutableArray<string> Interfaces,
    long Announcements,
    long Conflicts,
    AddressClaim? LastClaim)
{
    /// <summary>Since when another host claims it, on CLOCK_MONOTONIC; null while none does: a host that was not heard for 5 s is asked, and what has no answer for 12 s is over.</summary>
    public TimeSpan? ConflictSince { get; init; }
}
