using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A VIP group: addresses that move together.</summary>
public sealed record HaGroup
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The role of this node: <c>listening</c>, <c>backup</c>, <c>master</c> or <c>resign</c>.</summary>
    [JsonPropertyName("role")]
    public string Role { get; init; } = "";

    /// <summary>Since when; absent while it has none.</summary>
    [JsonPropertyName("since")]
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why, e.g. <c>master-silent</c>.</summary>
    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    /// <summary>The number of the node that serves; absent where none is known to.</summary>
    [JsonPropertyName("master")]
    public int? Master { get; init; }

    /// <summary>The term of the role, or the greatest that is known: text, because it has 64 bits.</summary>
    [JsonPropertyName("term")]
    public string Term { get; init; } = "0";

    /// <summary><c>cold</c>, <c>syncing</c> or <c>ready</c>.</summary>
    [JsonPropertyName("readiness")]
    public string Readiness { get; init; } = "";

    /// <summary>0 (worst) to 255.</summary>
    [JsonPropertyName("health")]
    public int Health { get; init; }

    /// <summary>Whether the node is pinned as a backup.</summary>
    [JsonPropertyName("pinned")]
    public bool Pinned { get; init; }

    /// <summary>Nodes that say that they have other services or pools in the group.</summary>
    [JsonPropertyName("differsFrom")]
    public IReadOnlyList<int> DiffersFrom { get; init; } = [];

    /// <summary>For how many milliseconds more the data plane forwards; 0 when it does not.</summary>
    [JsonPropertyName("aliveFor")]
    public long AliveFor { get; init; }

    /// <summary>For how many milliseconds more it answers for the addresses; 0 when it does not.</summary>
    [JsonPropertyName("answersFor")]
    public long AnswersFor { get; init; }

    /// <summary>The addresses.</summary>
    [JsonPropertyName("addresses")]
    public IReadOnlyList<HaAddress> Addresses { get; init; } = [];

    /// <summary>The last 16 changes of the role, the oldest first.</summary>
    [JsonPropertyName("transitions")]
    public IReadOnlyList<HaTransition> Transitions { get; init; } = [];
}
