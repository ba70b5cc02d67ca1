using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A BFD session: how it is configured, how it is, and what became of it. Zeros are left out. The members after <see cref="State"/> are Loxi's own.</summary>
public sealed record BfdEntry
{
    /// <summary>The VIP group.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>Address of the peer.</summary>
    [JsonPropertyName("remoteIp")]
    public string? RemoteIP { get; init; }

    /// <summary>Own address that packets are sent from; absent while there is no route.</summary>
    [JsonPropertyName("sourceIP")]
    public string? SourceIP { get; init; }

    /// <summary>UDP port: 3784, or 4784 over several hops.</summary>
    [JsonPropertyName("port")]
    public int Port { get; init; }

    /// <summary>Configured time between packets, in microseconds.</summary>
    [JsonPropertyName("interval")]
    public long Interval { get; init; }

    /// <summary>Packets in a row that the peer may miss.</summary>
    [JsonPropertyName("retryCount")]
    public int RetryCount { get; init; }

    /// <summary><c>BFDAdminDown</c>, <c>BFDDown</c>, <c>BFDInit</c> or <c>BFDUp</c>.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>Configured least time between packets of the peer, in microseconds.</summary>
    [JsonPropertyName("minRx")]
    public long MinRx { get; init; }

    /// <summary>Whether the peer may be several hops away.</summary>
    [JsonPropertyName("multihop")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Multihop { get; init; }

    /// <summary>Least TTL or hop limit of the peer's packets.</summary>
    [JsonPropertyName("minTtl")]
    public int MinTtl { get; init; }

    /// <summary>Whether nothing is sent before the peer is heard.</summary>
    [JsonPropertyName("passive")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Passive { get; init; }

    /// <summary>The interface that the session is bound to; absent for any.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }

    /// <summary>Authentication, without secrets; absent for none.</summary>
    [JsonPropertyName("auth")]
    public BfdAuthenticationArguments? Authentication { get; init; }

    /// <summary>Echo packets; absent for none.</summary>
    [JsonPropertyName("echo")]
    public BfdEchoArguments? Echo { get; init; }

    /// <summary>Who configured the session: <c>api</c>, or <c>ka</c> for the flag <c>--ka</c>, whose session is not saved.</summary>
    [JsonPropertyName("origin")]
    public string? Origin { get; init; }

    /// <summary>Why packets are not sent, or the session is not in force; absent when there is nothing wrong.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }

    /// <summary>Why the session last left the state up, as the peer is told it (RFC 5880 4.1).</summary>
    [JsonPropertyName("diagnostic")]
    public string? Diagnostic { get; init; }

    /// <summary>Own discriminator.</summary>
    [JsonPropertyName("discriminator")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Discriminator { get; init; }

    /// <summary>UDP port that packets are sent from.</summary>
    [JsonPropertyName("sourcePort")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SourcePort { get; init; }

    /// <summary>Time between packets in force, before jitter, in microseconds.</summary>
    [JsonPropertyName("transmitInterval")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TransmitInterval { get; init; }

    /// <summary>Silence of the peer that takes the session down, in microseconds; absent before it was heard.</summary>
    [JsonPropertyName("detectionTime")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long DetectionTime { get; init; }

    /// <summary>When the session came up; absent while it is not.</summary>
    [JsonPropertyName("upSince")]
    public DateTimeOffset? UpSince { get; init; }

    /// <summary>What the peer says; absent before it was heard.</summary>
    [JsonPropertyName("remote")]
    public BfdRemote? Remote { get; init; }

    /// <summary>Packets, and how late the node was.</summary>
    [JsonPropertyName("counters")]
    public BfdCounters? Counters { get; init; }

    /// <summary>Packets of the session that were discarded, by reason; only reasons that there were.</summary>
    [JsonPropertyName("discards")]
    public IReadOnlyList<BfdDiscardCounter>? Discards { get; init; }

    /// <summary>The last changes of state, at most 32, the oldest first.</summary>
    [JsonPropertyName("transitions")]
    public IReadOnlyList<BfdTransitionEntry>? Transitions { get; init; }
}
