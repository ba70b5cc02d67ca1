using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>
/// The body of <c>POST /netlox/v1/config/bgp/dynamicneigh</c>: lets peers of a prefix connect without being listed (dynamic neighbours), or changes the entry of the same
/// prefix; what is absent stays as it is. The other members are those of a peer, and hold for each of them; <see cref="BgpNeighborArguments.IPAddress"/>,
/// <see cref="BgpNeighborArguments.Shutdown"/> and <see cref="BgpNeighborArguments.ShutdownText"/> are refused.
/// </summary>
public record BgpDynamicNeighborArguments : BgpNeighborArguments
{
    /// <summary>An empty entry.</summary>
    public BgpDynamicNeighborArguments()
    {
    }

    /// <summary>An entry with the settings of a peer.</summary>
    /// <param name="settings">How its peers are treated.</param>
    public BgpDynamicNeighborArguments(BgpNeighborArguments settings)
        : base(settings)
    {
    }

    /// <summary>Addresses of the peers, e.g. <c>192.0.2.0/24</c>. Required. Link-local ones need an interface, and each interface may have an entry for them.</summary>
    [JsonPropertyName("prefix")]
    public string? Prefix { get; init; }

    /// <summary>Most of them at a time, 1 to 10,000; 0: 100. Default: 100.</summary>
    [JsonPropertyName("limit")]
    public long? Limit { get; init; }
}
