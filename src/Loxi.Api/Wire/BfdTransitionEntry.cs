using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A change of the state of a BFD session.</summary>
public sealed record BfdTransitionEntry
{
    /// <summary>When it was found out.</summary>
    [JsonPropertyName("time")]
    public DateTimeOffset Time { get; init; }

    /// <summary>The state before, e.g. <c>BFDUp</c>.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>The state after.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }

    /// <summary>What made it, e.g. <c>detectionTimeExpired</c> or <c>neighborSignaledDown</c>.</summary>
    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    /// <summary>Own diagnostic after it.</summary>
    [JsonPropertyName("diagnostic")]
    public string? Diagnostic { get; init; }

    /// <summary>The state that the peer last said.</summary>
    [JsonPropertyName("remoteState")]
    public string? RemoteState { get; init; }

    /// <summary>The diagnostic that the peer last said.</summary>
    [JsonPropertyName("remoteDiagnostic")]
    public string? RemoteDiagnostic { get; init; }

    /// <summary>How late it was found out, in microseconds: after the detection time ran out, or after the packet arrived. Left out when 0.</summary>
    [JsonPropertyName("lateBy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long LateBy { get; init; }
}
