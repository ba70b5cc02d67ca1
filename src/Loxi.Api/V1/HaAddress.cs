using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>An address of a VIP group.</summary>
public sealed record HaAddress
{
    /// <summary>The address.</summary>
    [JsonPropertyName("address")]
    public string Address { get; init; } = "";

    /// <summary><c>standby</c>, <c>placed</c> (on an interface, by the node), <c>owned</c> (by somebody else's hand), <c>routed</c>, <c>withheld</c> (another host has it) or <c>failed</c>.</summary>
    [JsonPropertyName("condition")]
    public string Condition { get; init; } = "";

    /// <summary>The interfaces where it is announced.</summary>
    [JsonPropertyName("interfaces")]
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>Claims of other hosts since the node became master.</summary>
    [JsonPropertyName("conflicts")]
    public long Conflicts { get; init; }

    /// <summary>The last host that claimed it: link-layer address and interface.</summary>
    [JsonPropertyName("claimedBy")]
    public string? ClaimedBy { get; init; }

    /// <summary>What is wrong with it.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }
}
