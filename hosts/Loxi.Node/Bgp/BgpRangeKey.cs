using System.Net;

namespace Loxi.Node.Bgp;

/// <summary>What makes dynamic neighbours the ones that they are.</summary>
/// <param name="Network">Their addresses.</param>
/// <param name="Interface">The interface of link-local ones; of others null.</param>
internal sealed record BgpRangeKey(IPNetwork Network, string? Interface)
{
    public override string ToString() => Interface is null ? Network.ToString() : $"{Network}%{Interface}";
}
