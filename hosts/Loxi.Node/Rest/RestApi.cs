using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary>The paths of the REST API: loxilb's under <c>/netlox/v1</c>, Loxi's own under <c>/loxi/v1</c>.</summary>
internal static class RestApi
{
    /// <summary>Puts the source check and the error bodies in front of the paths.</summary>
    public static void Use(IApplicationBuilder app, RestOptions options)
    {
        var sourceLogger = app.ApplicationServices.GetRequiredService<ILogger<SourceCheck>>();
        var errorLogger = app.ApplicationServices.GetRequiredService<ILogger<ErrorAnswers>>();
        app.Use(next => new SourceCheck(next, options.Allowed, sourceLogger).InvokeAsync);
        app.Use(next => new ErrorAnswers(next, errorLogger).InvokeAsync);
    }

    /// <summary>Maps every path.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider.GetRequiredService<INodeServices>();
        var connections = endpoints.ServiceProvider.GetRequiredService<INodeConnections>();
        var status = endpoints.ServiceProvider.GetRequiredService<INodeStatus>();

        new LoadbalancerPaths(services).Map(endpoints);
        new ConnectionPaths(connections).Map(endpoints);
        new EndpointPaths(endpoints.ServiceProvider.GetRequiredService<INodeEndpoints>()).Map(endpoints);
        new PoolPaths(endpoints.ServiceProvider.GetRequiredService<INodePools>()).Map(endpoints);
        new BfdPaths(endpoints.ServiceProvider.GetRequiredService<INodeBfd>()).Map(endpoints);
        new ClusterPaths(endpoints.ServiceProvider.GetRequiredService<INodeRoles>()).Map(endpoints);
        new HaPaths(endpoints.ServiceProvider.GetRequiredService<INodeHa>()).Map(endpoints);
        new HaMovePaths(endpoints.ServiceProvider.GetRequiredService<INodeHaMoves>()).Map(endpoints);
        new HaSettingsPaths(endpoints.ServiceProvider.GetRequiredService<INodeHaSettings>()).Map(endpoints);
        new HaConnectionPaths(endpoints.ServiceProvider.GetRequiredService<ConnectionSums>(), endpoints.ServiceProvider.GetRequiredService<INodeHaSettings>()).Map(endpoints);
        if (endpoints.ServiceProvider.GetService<INodeBgp>() is { } bgp)
        {
            new BgpPaths(bgp).Map(endpoints);
            new BgpDynamicPaths(bgp).Map(endpoints);
            new BgpPolicyPaths(bgp).Map(endpoints);
            new BgpStatePaths(bgp).Map(endpoints);
        }
        else
        {
            AbsentPaths.MapBgp(endpoints);
        }

        new StatusPaths(status).Map(endpoints);
        AbsentPaths.Map(endpoints);
        ApiDescriptions.Map(endpoints);
    }
}
