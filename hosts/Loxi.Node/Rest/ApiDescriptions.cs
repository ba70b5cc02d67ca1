using Loxi.Api;
using Loxi.Api.Wire;
using Loxi.Node.Composition;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace Loxi.Node.Rest;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>: <c>/loxi/v1</c>, and BFD, BGP and roles, of which loxilb's document knows little. loxilb's other paths have loxilb's document.</summary>
internal static class ApiDescriptions
{
    private const string Document = "v1";
    private static readonly string[] Described = ["loxi/v1/", "netlox/v1/config/bfd", "netlox/v1/config/bgp", "netlox/v1/config/cistate"];

    /// <summary>Puts what makes the document into the container.</summary>
    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, LoxiJson.NodeStatus.OriginatingResolver!));
        services.AddOpenApi(Document, static options =>
        {
            options.ShouldInclude = static description => Described.Any(start => description.RelativePath?.StartsWith(start, StringComparison.Ordinal) == true);
            options.AddDocumentTransformer(static (document, _, _) =>
            {
                document.Info.Title = "Loxi node";
                document.Info.Version = NodeStatusSource.ProgramVersion;
                // Where the node is reached is known to who reads this, not to the node.
                document.Servers?.Clear();
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Maps the document.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi();

    /// <summary>Describes a path: what it does, what it answers, and its parameters.</summary>
    public static IEndpointConventionBuilder Describe<TAnswer>(this IEndpointConventionBuilder endpoint, RequestDelegate handler, string summary, params ApiParameter[] parameters) =>
        endpoint
            // A path that reads its request by itself is not described unless it names the method that does.
            .WithMetadata(
                handler.Method,
                new EndpointSummaryAttribute(summary),
                new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(TAnswer), [LoxiJson.MediaType]),
                new ProducesResponseTypeMetadata(StatusCodes.Status422UnprocessableEntity, typeof(ValidationErrorBody), [LoxiJson.MediaType]))
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters = [.. parameters.Select(static parameter => parameter.ToOpenApi())];
                return Task.CompletedTask;
            });

    /// <summary>Describes the body that a path reads.</summary>
    public static IEndpointConventionBuilder DescribeBody<TBody>(this IEndpointConventionBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            // An answer of some path may have the same type: then it is there.
            context.Document!.AddComponent(typeof(TBody).Name, await context.GetOrCreateSchemaAsync(typeof(TBody), cancellationToken: cancellationToken));
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [LoxiJson.MediaType] = new() { Schema = new OpenApiSchemaReference(typeof(TBody).Name, context.Document) },
                },
            };
        });

    /// <summary>Describes that a path answers with an error body of loxilb's kind.</summary>
    public static IEndpointConventionBuilder DescribeErrors(this IEndpointConventionBuilder endpoint, params int[] statuses) =>
        endpoint.WithMetadata([.. statuses.Select(static status => new ProducesResponseTypeMetadata(status, typeof(ErrorBody), [LoxiJson.MediaType]))]);
}
