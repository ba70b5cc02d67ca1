using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Who serves the addresses that nodes share, as one node sees it.</summary>
public sealed record HaStatus
{
    /// <summary>Who decides: <c>none</c> (every node announces, or it is alone), <c>external</c> (a controller posts roles) or <c>peers</c> (the nodes agree).</summary>
    [JsonPropertyName("source")]
    public string Source { get; init; } = "";

    /// <summary>The number of this node.</summary>
    [JsonPropertyName("node")]
    public int Node { get; init; }

    /// <summary>How far HELLOs are authenticated: <c>bootstrap</c>, <c>receive-only</c>, <c>permissive</c> or <c>enforce</c>; absent without other nodes.</summary>
    [JsonPropertyName("authentication")]
    public string? Authentication { get; init; }

    /// <summary>Whether roles are decided by a thread in the real-time class.</summary>
    [JsonPropertyName("realTime")]
    public bool RealTime { get; init; }

    /// <summary>Whether the node is drained: it takes no role while another node is heard.</summary>
    [JsonPropertyName("drained")]
    public bool Drained { get; init; }

    /// <summary>What would be lost if a node that serves failed now, as far as this node knows; absent where nothing would.</summary>
    [JsonPropertyName("wouldLose")]
    public string? WouldLose { get; init; }

    /// <summary>How connections are kept like those of the other nodes; absent where they are not.</summary>
    [JsonPropertyName("sync")]
    public HaSync? Sync { get; init; }

    /// <summary>The VIP groups, by name.</summary>
    [JsonPropertyName("groups")]
    public IReadOnlyList<HaGroup> Groups { get; init; } = [];

    /// <summary>The other nodes.</summary>
    [JsonPropertyName("peers")]
    public IReadOnlyList<HaPeer> Peers { get; init; } = [];

    /// <summary>What is wrong and not over, by name.</summary>
    [JsonPropertyName("alarms")]
    public IReadOnlyList<HaAlarm> Alarms { get; init; } = [];
}
