using System.Net;
using Loxi.Api;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Loxi.Node.Rest;

/// <summary>Makes the web server of the REST API.</summary>
internal static class RestHost
{
    private const int MostConnections = 1024;

    /// <summary>Makes the server; the caller starts it. The services must hold <see cref="INodeServices"/>, <see cref="INodeConnections"/>, <see cref="INodeEndpoints"/> and <see cref="INodeStatus"/>.</summary>
    public static WebApplication Create(RestOptions options, Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        configure(builder);
        ApiDescriptions.Add(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LoxiJson.LargestBody;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            foreach (var address in options.Addresses)
            {
                Listen(kestrel, address, options.Port);
            }
        });
        var app = builder.Build();
        RestApi.Use(app, options);
        RestApi.Map(app);
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port)
    {
        if (address.Equals(IPAddress.IPv6Any))
        {
            // Falls back to IPv4 where the machine has no IPv6.
            kestrel.ListenAnyIP(port);
        }
        else
        {
            kestrel.Listen(address, port);
        }
    }
}
