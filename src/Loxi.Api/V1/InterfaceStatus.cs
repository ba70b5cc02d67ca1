using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>An interface and how the data plane is attached to it.</summary>
public sealed record InterfaceStatus
{
    /// <summary>Name of the interface.</summary>
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";

    /// <summary>Its index.</summary>
    [JsonPropertyName("index")]
    public int Index { get; set; }

    /// <summary><c>xdp</c>, <c>tc</c> (clsact), <c>tcx</c>, or <c>none</c> when not attached.</summary>
    [JsonPropertyName("hook")]
    public string Hook { get; set; } = "";

    /// <summary>Why it is not attached, or why another hook than the wished one is in use; absent otherwise.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; set; }
}
