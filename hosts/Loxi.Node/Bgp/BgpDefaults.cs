using System.Collections.Immutable;
using System.Net;

namespace Loxi.Node.Bgp;

/// <summary>What the command line says about the BGP speaker.</summary>
internal sealed record BgpDefaults
{
    /// <summary>Port to listen on.</summary>
    public int ListenPort { get; init; } = 179;

    /// <summary>Addresses to listen on; none: all.</summary>
    public ImmutableArray<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>BGP identifier; null: an address of the host.</summary>
    public IPAddress? RouterId { get; init; }
}
