using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>What peers have in common that are told the same.</summary>
/// <param name="IsExternal">eBGP.</param>
/// <param name="LocalAs">Our AS in the session.</param>
/// <param name="Export">Export policies.</param>
/// <param name="AcceptByDefault">What becomes of learned routes that no policy decides on.</param>
/// <param name="NextHopSelf">Whether the next hop is always our own address.</param>
/// <param name="Paths">Most paths of a prefix (RFC 7911).</param>
/// <param name="Role">Our role (RFC 9234).</param>
/// <param name="LongLived">Whether the peers know long-lived graceful restart (RFC 9494 4.3).</param>
/// <param name="Peer">The peer alone, where the policies ask for it.</param>
internal sealed record UpdateGroupKey(
    bool IsExternal, uint LocalAs, PolicyChain Export, bool AcceptByDefault, bool NextHopSelf, int Paths, BgpRole? Role, bool LongLived, Prefix? Peer);
