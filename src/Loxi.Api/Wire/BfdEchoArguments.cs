using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Echo packets of a BFD session over one hop (RFC 5880 6.4). What is absent stays as it is.</summary>
public sealed record BfdEchoArguments
{
    /// <summary>Least time between echo packets to send while the session is up and the peer returns them, in microseconds, 3,000 to 4,294,967,295; 0: none are sent. Default: 0.</summary>
    [JsonPropertyName("interval")]
    public long? Interval { get; init; }

    /// <summary>Least time between echo packets of the peer that are returned, in microseconds, 3,000 to 4,294,967,295; 0: none are. Default: 0.</summary>
    [JsonPropertyName("minRx")]
    public long? MinRx { get; init; }
}
