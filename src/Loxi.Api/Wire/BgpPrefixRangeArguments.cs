using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A member of a set of prefixes.</summary>
public sealed record BgpPrefixRangeArguments
{
    /// <summary>A prefix, e.g. <c>192.0.2.0/24</c>.</summary>
    [JsonPropertyName("ipPrefix")]
    public string? IPPrefix { get; init; }

    /// <summary>Lengths that match, e.g. <c>24..32</c>. Default: the prefix' own.</summary>
    [JsonPropertyName("masklengthRange")]
    public string? MaskLengthRange { get; init; }
}
