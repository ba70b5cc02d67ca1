using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A source pool: addresses that the sources of connections are rewritten to. The body of <c>PUT /loxi/v1/pools/{name}</c>, the answer of <c>GET</c>, and a member of <see cref="PoolList"/>.</summary>
public sealed record Pool
{
    /// <summary>Its name. In a request it may be left out: the path has it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>The VIP group that it belongs to; left out in a request: <c>llb-inst0</c>. Services of other groups cannot use it.</summary>
    [JsonPropertyName("vipGroup")]
    public string? VipGroup { get; set; }

    /// <summary>The addresses, 1 to 1,024, of either family or both.</summary>
    [JsonPropertyName("addresses")]
    public IReadOnlyList<string?>? Addresses { get; set; }
}
