using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A peer as <c>GET /netlox/v1/config/bgp/neigh/all</c> shows it: what <c>POST</c> takes, but for its password, and how it fares.</summary>
public sealed record BgpNeighborEntry : BgpNeighborArguments
{
    /// <summary>An empty entry.</summary>
    public BgpNeighborEntry()
    {
    }

    /// <summary>An entry of a peer.</summary>
    /// <param name="arguments">How it is configured.</param>
    public BgpNeighborEntry(BgpNeighborArguments arguments)
        : base(arguments)
    {
    }

    /// <summary>State of its session in capitals, e.g. <c>ESTABLISHED</c>, <c>IDLE</c>, <c>ACTIVE</c>.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>How long it has been Established, or not been: <c>01:02:03</c>, <c>4d 01:02:03</c>, or <c>never</c>.</summary>
    [JsonPropertyName("updowntime")]
    public string? UpDownTime { get; init; }

    /// <summary>Whether it has a password.</summary>
    [JsonPropertyName("hasPassword")]
    public bool? HasPassword { get; init; }

    /// <summary>Why there is no session; absent while there is one, or when nothing is known.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }
}
