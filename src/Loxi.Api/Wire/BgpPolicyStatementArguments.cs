using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>One step of a policy.</summary>
public sealed record BgpPolicyStatementArguments
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>When it applies.</summary>
    [JsonPropertyName("conditions")]
    public BgpPolicyConditionArguments? Conditions { get; init; }

    /// <summary>What it does.</summary>
    [JsonPropertyName("actions")]
    public BgpPolicyActionArguments? Actions { get; init; }
}
