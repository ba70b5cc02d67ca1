using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>How roles are given away: the body of <c>PUT /loxi/v1/ha/groups/{group}/switchover</c> and of <c>PUT /loxi/v1/ha/drain</c>.</summary>
public sealed record HaMoveArguments
{
    /// <summary>The number of the node that shall serve; absent: the best one that can. Not for a drain.</summary>
    [JsonPropertyName("to")]
    public int? To { get; init; }

    /// <summary>Does it although established connections may be reset, because they are not at the other node; drains also where no other node can serve yet.</summary>
    [JsonPropertyName("force")]
    public bool? Force { get; init; }
}
