using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>How many packets met a verdict for one reason.</summary>
public sealed record ReasonCounter
{
    /// <summary>The reason, e.g. <c>no-service</c>.</summary>
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";

    /// <summary><c>drop</c>, <c>pass</c>, <c>forward</c> or <c>answer</c>.</summary>
    [JsonPropertyName("verdict")]
    public string Verdict { get; set; } = "";

    /// <summary>Packets since the tables were made.</summary>
    [JsonPropertyName("packets")]
    public ulong Packets { get; set; }
}
