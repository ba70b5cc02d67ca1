namespace Loxi.Node.Bgp;

/// <summary>The kinds of defined sets, named as on the wire.</summary>
internal enum BgpSetKind
{
    Prefix,
    Neighbor,
    Community,
    ExtCommunity,
    LargeCommunity,
    AsPath,
}
