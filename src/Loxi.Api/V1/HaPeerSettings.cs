using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Another node and the ways to it, as they are configured. The body of <c>PUT /loxi/v1/ha/peers/{node}</c>, its answer, and a member of <see cref="HaPeerList"/>.</summary>
public sealed record HaPeerSettings
{
    /// <summary>Its number, its <c>--self</c>. In a request it may be left out: the path has it.</summary>
    [JsonPropertyName("node")]
    public int? Node { get; init; }

    /// <summary>The ways to it, 1 to 8; two or more are recommended.</summary>
    [JsonPropertyName("paths")]
    public IReadOnlyList<HaPathSettings?>? Paths { get; init; }

    /// <summary>The pins of its certificate, 1 to 4, what <c>loxid --ha-sync-pin</c> prints there: connections are kept like its own. In a request absent: those that it has; a node that is new needs one where connections are kept alike.</summary>
    [JsonPropertyName("syncPins")]
    public IReadOnlyList<string?>? SyncPins { get; init; }
}
