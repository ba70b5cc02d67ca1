using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The body of <c>POST</c> and <c>DELETE /netlox/v1/config/bgp/policy/apply</c>: which policies routes from or to a peer pass.</summary>
public sealed record BgpPolicyApplication
{
    /// <summary>Address of the peer. Required.</summary>
    [JsonPropertyName("ipAddress")]
    public string? IPAddress { get; init; }

    /// <summary><c>import</c> or <c>export</c>. Required.</summary>
    [JsonPropertyName("policyType")]
    public string? PolicyType { get; init; }

    /// <summary>Names of policies, added after those that are there, or taken away; none in <c>DELETE</c>: all.</summary>
    [JsonPropertyName("policies")]
    public IReadOnlyList<string?>? Policies { get; init; }

    /// <summary>The same under another name that clients have for it.</summary>
    [JsonPropertyName("polices")]
    public IReadOnlyList<string?>? PoliciesOfClients { get; init; }

    /// <summary>What becomes of a route that no policy decides on: <c>accept</c> or <c>reject</c>. Absent: as it is.</summary>
    [JsonPropertyName("routeAction")]
    public string? RouteAction { get; init; }

    /// <summary>Interface of a link-local peer, where several have the same address.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }
}
