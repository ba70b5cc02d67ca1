using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A further address of an SCTP service.</summary>
public sealed record SecondaryAddress
{
    /// <summary>The address.</summary>
    [JsonPropertyName("secondaryIP")]
    public string? SecondaryIP { get; init; }
}
