using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>One direction of a connection, as loxilb shows it.</summary>
public sealed record ConntrackEntry
{
    /// <summary>Destination address of the direction's packets as they arrive.</summary>
    [JsonPropertyName("destinationIP")]
    public string? DestinationIP { get; init; }

    /// <summary>Source address.</summary>
    [JsonPropertyName("sourceIP")]
    public string? SourceIP { get; init; }

    /// <summary>Destination port; 0 (left out) for ICMP.</summary>
    [JsonPropertyName("destinationPort")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int DestinationPort { get; init; }

    /// <summary>Source port.</summary>
    [JsonPropertyName("sourcePort")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SourcePort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>icmp</c>.</summary>
    [JsonPropertyName("protocol")]
    public string? Protocol { get; init; }

    /// <summary>The state, e.g. <c>est</c>.</summary>
    [JsonPropertyName("conntrackState")]
    public string? State { get; init; }

    /// <summary>Always <c>0:0</c>.</summary>
    [JsonPropertyName("ident")]
    public string? Ident { get; init; }

    /// <summary>What is done: <c>dnat-ENDPOINT:PORT:w0</c> and <c>snat-VIP:PORT:w0</c>; where the source is rewritten <c>fdnat-SOURCE,ENDPOINT:PORT:w0</c> and <c>fsnat-VIP,CLIENT:PORT:w0</c>; with direct server return <c>ddsr-ENDPOINT:PORT:w0</c>.</summary>
    [JsonPropertyName("conntrackAct")]
    public string? Action { get; init; }

    /// <summary>Packets of this direction; left out when 0.</summary>
    [JsonPropertyName("packets")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Packets { get; init; }

    /// <summary>Bytes of this direction; left out when 0.</summary>
    [JsonPropertyName("bytes")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Bytes { get; init; }

    /// <summary>Name of the service; <c>-</c> when it has none.</summary>
    [JsonPropertyName("servName")]
    public string? ServiceName { get; init; }
}
