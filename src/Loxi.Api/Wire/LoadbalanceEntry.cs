using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A service on the wire: the body of <c>POST /netlox/v1/config/loadbalancer</c> and a member of <see cref="LoadbalanceList"/>.</summary>
public sealed record LoadbalanceEntry
{
    /// <summary>What the service is. Required.</summary>
    [JsonPropertyName("serviceArguments")]
    public LoadbalanceArguments? ServiceArguments { get; init; }

    /// <summary>Who serves it. Required.</summary>
    [JsonPropertyName("endpoints")]
    public IReadOnlyList<LoadbalanceEndpoint?>? Endpoints { get; init; }

    /// <summary>Further addresses of an SCTP service; null when there are none.</summary>
    [JsonPropertyName("secondaryIPs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<SecondaryAddress?>? SecondaryIPs { get; init; }

    /// <summary>Clients that may connect; null for everyone.</summary>
    [JsonPropertyName("allowedSources")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<AllowedSource?>? AllowedSources { get; init; }
}
