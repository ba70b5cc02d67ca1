using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Policy;

/// <summary>What policies ask of a route beside its attributes.</summary>
/// <param name="Prefix">Its prefix.</param>
/// <param name="Peer">The peer that it came from (import) or goes to (export), as a prefix of full length.</param>
/// <param name="Type">Where it is from.</param>
/// <param name="LocalAs">Our AS in the session: what "last-as" means on an empty path.</param>
/// <param name="CanPrepend">Whether AS_PATH may be prepended: not towards iBGP peers.</param>
internal readonly record struct PolicyRoute(Prefix Prefix, Prefix Peer, BgpRouteType Type, uint LocalAs, bool CanPrepend);
