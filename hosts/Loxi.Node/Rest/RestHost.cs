using System.Net;
using System.Net.Sockets;
using Loxi.Api;
using Loxi.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Loxi.Node.Rest;

/// <summary>Makes the web server of the REST API.</summary>
internal static class RestHost
{
    private const int MostConnections = 1024;

    /// <summary>Makes the server; the caller starts it. The services must hold <see cref="INodeServices"/>, <see cref="INodeConnections"/>, <see cref="INodeEndpoints"/>, <see cref="INodeBfd"/>, <see cref="INodeRoles"/>, <see cref="INodeHa"/>, <see cref="INodeHaSettings"/>, <see cref="Ha.ConnectionSums"/> and <see cref="INodeStatus"/>, and <see cref="INodeBgp"/> on a node that speaks BGP.</summary>
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

    /// <summary>Starts the server.</summary>
    /// <exception cref="IOException">An address or the port cannot be had. Names the flag, the value and what was expected.</exception>
    public static async Task StartAsync(WebApplication app, RestOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is SocketException or { InnerException: AddressInUseException })
        {
            throw new IOException(ProblemOf(e, options).ToString(), e);
        }
    }

    private static Problem ProblemOf(Exception exception, RestOptions options)
    {
        var addresses = string.Join(", ", options.Addresses);
        return (exception as SocketException)?.SocketErrorCode switch
        {
            null => Problem.Of("--port", options.Port, $"a port that nobody else listens on ({exception.Message})"),
            SocketError.AccessDenied => Problem.Of("--port", options.Port, $"1024 or higher, or CAP_NET_BIND_SERVICE to listen on {addresses} ({exception.Message})"),
            _ => Problem.Of("--host", addresses, $"an address of this machine ({exception.Message})"),
        };
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
