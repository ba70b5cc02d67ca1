using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Loxi.Node.Rest;

/// <summary>A parameter in the query or in the path.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means.</param>
/// <param name="Type">The type of its value.</param>
internal sealed record ApiParameter(string Name, string Description, JsonSchemaType Type = JsonSchemaType.String)
{
    /// <summary>Values that are possible; null for any.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Whether it is a part of the path.</summary>
    public bool IsInPath { get; init; }

    public IOpenApiParameter ToOpenApi() => new OpenApiParameter
    {
        Name = Name,
        In = IsInPath ? ParameterLocation.Path : ParameterLocation.Query,
        Required = IsInPath,
        Description = Description,
        Schema = new OpenApiSchema { Type = Type, Enum = Values is null ? null : [.. Values.Select(static v => (JsonNode)v)] },
    };
}
