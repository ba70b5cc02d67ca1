using Loxi.Api;

namespace Loxi.Node.Rest;

/// <summary>Functions that are not there, where loxilb itself has an answer for a node without them.</summary>
internal static class AbsentPaths
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/netlox/v1/metrics", (RequestDelegate)(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync("Prometheus option is disabled.", context.RequestAborted);
        }));
    }

    /// <summary>The paths of BGP on a node that does not speak it.</summary>
    public static void MapBgp(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("/netlox/v1/config/bgp/{**rest}", Refuse(StatusCodes.Status403Forbidden, ApiErrors.BgpDisabled));
        endpoints.Map("/loxi/v1/bgp/{**rest}", Refuse(StatusCodes.Status403Forbidden, ApiErrors.BgpDisabled));
    }

    private static RequestDelegate Refuse(int status, string result) => context => Answers.WriteAsync(context, ApiErrors.Create(status, result));
}
