using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer to a request that was refused. Validation errors of the go-openapi kind have <see cref="Code"/> and <see cref="Message"/> only and read as this type too.</summary>
public sealed record ErrorBody
{
    /// <summary>The HTTP status; of go-openapi validation errors the kind, 601 type, 602 required, 606 enum.</summary>
    [JsonPropertyName("code")]
    public int Code { get; init; }

    /// <summary>Always null, as in loxilb.</summary>
    [JsonPropertyName("fields")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Fields { get; init; }

    /// <summary>The class of the error.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>The text of the error.</summary>
    [JsonPropertyName("result")]
    public string? Result { get; init; }

    /// <summary>Every member that is wrong; absent when the error is not about members.</summary>
    [JsonPropertyName("errors")]
    public IReadOnlyList<FieldProblem>? Errors { get; init; }
}
