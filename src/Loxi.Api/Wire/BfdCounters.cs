using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Counters of a BFD session, from when it began. Zeros are left out.</summary>
public sealed record BfdCounters
{
    /// <summary>Control packets that were accepted.</summary>
    [JsonPropertyName("received")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Received { get; init; }

    /// <summary>Control packets that were sent.</summary>
    [JsonPropertyName("sent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Sent { get; init; }

    /// <summary>Packets that the system would not send.</summary>
    [JsonPropertyName("sendErrors")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long SendErrors { get; init; }

    /// <summary>Own echo packets that were sent.</summary>
    [JsonPropertyName("echoSent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong EchoSent { get; init; }

    /// <summary>Own echo packets that came back.</summary>
    [JsonPropertyName("echoReceived")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong EchoReceived { get; init; }

    /// <summary>Echo packets of the peer that were returned.</summary>
    [JsonPropertyName("echoReturned")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong EchoReturned { get; init; }

    /// <summary>Changes of state.</summary>
    [JsonPropertyName("transitions")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Transitions { get; init; }

    /// <summary>Times that the node was later than half the detection time.</summary>
    [JsonPropertyName("late")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Late { get; init; }

    /// <summary>The greatest lateness of those, in microseconds.</summary>
    [JsonPropertyName("greatestLateness")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long GreatestLateness { get; init; }
}
