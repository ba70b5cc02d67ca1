using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>How the best of several BGP routes is chosen (RFC 4271 9.1.2.2): the rules that are left to the operator.</summary>
public sealed record BgpBestPathArguments
{
    /// <summary>Whether the length of AS_PATH is left out. Default: false.</summary>
    [JsonPropertyName("ignoreAsPathLength")]
    public bool? IgnoreAsPathLength { get; init; }

    /// <summary>Whether MEDs of different neighbouring ASes are compared. Default: false.</summary>
    [JsonPropertyName("alwaysCompareMed")]
    public bool? AlwaysCompareMed { get; init; }

    /// <summary>Whether a route without a MED has the worst one instead of 0, the best. Default: false.</summary>
    [JsonPropertyName("missingMedIsWorst")]
    public bool? MissingMedIsWorst { get; init; }

    /// <summary>Whether the lower BGP identifier decides between eBGP routes at once (RFC 5004). Default: false.</summary>
    [JsonPropertyName("compareRouterId")]
    public bool? CompareRouterId { get; init; }

    /// <summary>Whether multipath takes routes of other neighbouring ASes too. Default: true.</summary>
    [JsonPropertyName("multipathAcrossAses")]
    public bool? MultipathAcrossAses { get; init; }
}
