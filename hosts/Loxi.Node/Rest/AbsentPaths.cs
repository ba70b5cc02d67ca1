using Loxi.Api;
using Loxi.Api.Wire;

namespace Loxi.Node.Rest;

/// <summary>Functions that are not there, where loxilb itself has an answer for a node without them.</summary>
internal static class AbsentPaths
{
    private static readonly ClusterStateList NoRole = new()
    {
        Instances = [new ClusterState { Instance = "llb-inst0", State = "NOT_DEFINED", Vip = "0.0.0.0" }],
    };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        const string Config = "/netlox/v1/config";
        endpoints.Map(Config + "/bgp/{**rest}", Refuse(StatusCodes.Status403Forbidden, ApiErrors.BgpDisabled));
        endpoints.MapGet(Config + "/cistate/all", (RequestDelegate)(context => Answers.WriteAsync(context, NoRole, LoxiJson.ClusterStateList)));
        endpoints.MapGet("/netlox/v1/metrics", (RequestDelegate)(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync("Prometheus option is disabled.", context.RequestAborted);
        }));
    }

    private static RequestDelegate Refuse(int status, string result) => context => Answers.WriteAsync(context, ApiErrors.Create(status, result));
}
