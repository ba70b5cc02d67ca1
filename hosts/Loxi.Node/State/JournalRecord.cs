using System.Text.Json.Serialization;
using Loxi.Api.V1;
using Loxi.Api.Wire;

namespace Loxi.Node.State;

/// <summary>One change of the desired state, as a journal holds it.</summary>
internal sealed record JournalRecord
{
    /// <summary>Its place in the journal, from 1.</summary>
    [JsonPropertyName("seq")]
    public int Sequence { get; init; }

    /// <summary>Services that are new or differ; null for none.</summary>
    [JsonPropertyName("put")]
    public IReadOnlyList<LoadbalanceEntry>? Put { get; init; }

    /// <summary>Source pools that are new or differ; null for none.</summary>
    [JsonPropertyName("putPools")]
    public IReadOnlyList<Pool>? PutPools { get; init; }

    /// <summary>The names of source pools that are gone; null for none.</summary>
    [JsonPropertyName("deletePools")]
    public IReadOnlyList<string>? DeletePools { get; init; }

    /// <summary>The keys of services that are gone; null for none.</summary>
    [JsonPropertyName("delete")]
    public IReadOnlyList<LoadbalanceArguments>? Delete { get; init; }
}
