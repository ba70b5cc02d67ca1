using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Dynamic neighbours as <c>GET /netlox/v1/config/bgp/dynamicneigh/all</c> shows them: what <c>POST</c> takes, but for the password, and how many there are.</summary>
public sealed record BgpDynamicNeighborEntry : BgpDynamicNeighborArguments
{
    /// <summary>An empty entry.</summary>
    public BgpDynamicNeighborEntry()
    {
    }

    /// <summary>An entry.</summary>
    /// <param name="arguments">How it is configured.</param>
    public BgpDynamicNeighborEntry(BgpDynamicNeighborArguments arguments)
        : base(arguments)
    {
    }

    /// <summary>Peers that have connected from there and are known now.</summary>
    [JsonPropertyName("peers")]
    public long? Peers { get; init; }

    /// <summary>Whether they need a password.</summary>
    [JsonPropertyName("hasPassword")]
    public bool? HasPassword { get; init; }
}
