using System.Text.Json.Serialization;
using Loxi.Api.Wire;

namespace Loxi.Node.State;

/// <summary>One change of the services, as a journal holds it.</summary>
internal sealed record JournalRecord
{
    /// <summary>Its place in the journal, from 1.</summary>
    [JsonPropertyName("seq")]
    public int Sequence { get; init; }

    /// <summary>Services that are new or differ; null for none.</summary>
    [JsonPropertyName("put")]
    public IReadOnlyList<LoadbalanceEntry>? Put { get; init; }

    /// <summary>The keys of services that are gone; null for none.</summary>
    [JsonPropertyName("delete")]
    public IReadOnlyList<LoadbalanceArguments>? Delete { get; init; }
}
