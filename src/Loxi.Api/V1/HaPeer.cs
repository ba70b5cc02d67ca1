using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Another node.</summary>
public sealed record HaPeer
{
    /// <summary>Its number.</summary>
    [JsonPropertyName("node")]
    public int Node { get; init; }

    /// <summary>Whether it is heard on at least one path.</summary>
    [JsonPropertyName("heard")]
    public bool Heard { get; init; }

    /// <summary>Whether what it says is authenticated.</summary>
    [JsonPropertyName("authenticated")]
    public bool Authenticated { get; init; }

    /// <summary>The number of the key of its last HELLO; absent when it had none.</summary>
    [JsonPropertyName("key")]
    public int? Key { get; init; }

    /// <summary>By how many milliseconds its wall clock is before (more than 0) or behind that of this node; absent while that is not known.</summary>
    [JsonPropertyName("clockOffset")]
    public long? ClockOffset { get; init; }

    /// <summary>How it stands with connections; absent where they are not kept like those of this node.</summary>
    [JsonPropertyName("sync")]
    public HaPeerSync? Sync { get; init; }

    /// <summary>The ways to it.</summary>
    [JsonPropertyName("paths")]
    public IReadOnlyList<HaPath> Paths { get; init; } = [];
}
