using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A way to another node.</summary>
public sealed record HaPath
{
    /// <summary>The other node's address.</summary>
    [JsonPropertyName("address")]
    public string Address { get; init; } = "";

    /// <summary>The own address; absent where the route chooses.</summary>
    [JsonPropertyName("local")]
    public string? Local { get; init; }

    /// <summary>The interface, where it is given.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }

    /// <summary>How many milliseconds ago a HELLO came; absent before the first.</summary>
    [JsonPropertyName("heardAgo")]
    public long? HeardAgo { get; init; }

    /// <summary>The last time to the node and back, in microseconds; absent before the first.</summary>
    [JsonPropertyName("roundTrip")]
    public long? RoundTrip { get; init; }

    /// <summary>HELLO datagrams heard.</summary>
    [JsonPropertyName("received")]
    public long Received { get; init; }

    /// <summary>HELLOs sent.</summary>
    [JsonPropertyName("sent")]
    public long Sent { get; init; }

    /// <summary>Datagrams thrown away.</summary>
    [JsonPropertyName("discarded")]
    public long Discarded { get; init; }

    /// <summary>Why HELLOs cannot be sent; absent where they can.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }
}
