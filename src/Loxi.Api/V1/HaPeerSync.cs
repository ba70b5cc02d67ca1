using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>How it stands with the connections that another node shall have too.</summary>
public sealed record HaPeerSync
{
    /// <summary><c>ready</c> (each has what the other one had, and hears its changes), <c>joining</c> (one does not have all yet) or <c>closed</c> (there is no stream).</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>Why it is not ready, or what its table lacks; absent where nothing is wrong.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }

    /// <summary>Whether the stream of changes is open, in both directions.</summary>
    [JsonPropertyName("live")]
    public bool Live { get; init; }

    /// <summary>Whether the stream of whole parts of the table is.</summary>
    [JsonPropertyName("bulk")]
    public bool Bulk { get; init; }

    /// <summary>Where the other end of the stream of changes is; absent without one.</summary>
    [JsonPropertyName("remote")]
    public string? Remote { get; init; }

    /// <summary>How long, in microseconds, the oldest change has waited that the node does not have; 0 when it has all.</summary>
    [JsonPropertyName("lag")]
    public long Lag { get; init; }

    /// <summary>How long, in microseconds, the last change took from here into the node's table.</summary>
    [JsonPropertyName("lastLag")]
    public long LastLag { get; init; }

    /// <summary>Changes that wait or are not acknowledged.</summary>
    [JsonPropertyName("backlog")]
    public long Backlog { get; init; }

    /// <summary>How many connections the node does not have, at most: changes that wait, and all of the parts that it awaits.</summary>
    [JsonPropertyName("missing")]
    public long Missing { get; init; }

    /// <summary>Parts of the table, of 4,096, that are awaited from the node.</summary>
    [JsonPropertyName("partsAwaited")]
    public int PartsAwaited { get; init; }

    /// <summary>Parts of the table, of 4,096, that the node awaits.</summary>
    [JsonPropertyName("partsOwed")]
    public int PartsOwed { get; init; }

    /// <summary>Whether the node's table lacks connections that it was told of: it has not their service, or is full.</summary>
    [JsonPropertyName("lacks")]
    public bool Lacks { get; init; }

    /// <summary>Changes and refreshes that were sent.</summary>
    [JsonPropertyName("sent")]
    public long Sent { get; init; }

    /// <summary>Records that came.</summary>
    [JsonPropertyName("received")]
    public long Received { get; init; }

    /// <summary>Records that were sent again because the tables differed or too much waited.</summary>
    [JsonPropertyName("resent")]
    public long Resent { get; init; }

    /// <summary>The last connection with the node that was refused or not made; absent when none was.</summary>
    [JsonPropertyName("lastRefusal")]
    public HaSyncRefusal? LastRefusal { get; init; }
}
