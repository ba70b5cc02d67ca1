using System.Text.Json.Serialization;
using Loxi.Api.Wire;

namespace Loxi.Node.State;

/// <summary>The text of <c>bfd.json</c>.</summary>
internal sealed record BfdDocument
{
    /// <summary>The version of the format; null, as in loxilb's <c>BFDconfig.txt</c>, is 1.</summary>
    [JsonPropertyName("version")]
    public long? Version { get; init; }

    /// <summary>The sessions, as <c>POST /netlox/v1/config/bfd</c> has them, with their secrets.</summary>
    [JsonPropertyName("Attr")]
    public IReadOnlyList<BfdArguments>? Sessions { get; init; }
}
