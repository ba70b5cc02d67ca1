using System.Collections.Immutable;
using Loxi.Core.Roles;

namespace Loxi.Node.Ha;

/// <summary>A VIP group as services, pools and posts make it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">What moves with it, each address in one group alone.</param>
/// <param name="IsOnLink">Whether one of them is announced on a link; true where there is none yet.</param>
/// <param name="ConfigHash">Of all that must be equal on the nodes.</param>
internal sealed record VipGroup(string Name, ImmutableArray<AnnouncedAddress> Addresses, bool IsOnLink, ulong ConfigHash);
