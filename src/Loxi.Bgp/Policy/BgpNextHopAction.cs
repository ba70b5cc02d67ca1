using System.Net;

namespace Loxi.Bgp.Policy;

/// <summary>Sets the next hop.</summary>
/// <param name="Method">How.</param>
/// <param name="Address">The address, where <paramref name="Method"/> is <see cref="BgpNextHopMethod.Address"/>; routes of the other family keep theirs.</param>
public sealed record BgpNextHopAction(BgpNextHopMethod Method, IPAddress? Address = null);
