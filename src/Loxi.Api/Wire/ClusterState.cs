using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A cluster instance and its role.</summary>
public sealed record ClusterState
{
    /// <summary>The instance.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>NOT_DEFINED, MASTER, BACKUP, FAULT or STOP.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>Progress of synchronisation; null when there is none.</summary>
    [JsonPropertyName("sync")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? Sync { get; init; }

    /// <summary>Its VIP.</summary>
    [JsonPropertyName("vip")]
    public string? Vip { get; init; }
}
