using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The two-member body of go-openapi: malformed JSON (400), unknown path (404), wrong method (405), required, enum and type violations (422).</summary>
public sealed record ValidationErrorBody
{
    /// <summary>The HTTP status, or the kind of a 422: 601 type, 602 required, 606 enum.</summary>
    [JsonPropertyName("code")]
    public int Code { get; init; }

    /// <summary>What is wrong.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
