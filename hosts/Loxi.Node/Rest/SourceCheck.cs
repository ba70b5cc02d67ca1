using System.Collections.Immutable;
using System.Net;

namespace Loxi.Node.Rest;

/// <summary>Lets loopback and the configured sources in; tells everybody else what to set.</summary>
internal sealed partial class SourceCheck(RequestDelegate next, ImmutableArray<IPNetwork> allowed, ILogger<SourceCheck> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsAllowed(context.Connection.RemoteIpAddress, allowed))
        {
            await next(context);
            return;
        }

        var source = Unmapped(context.Connection.RemoteIpAddress);
        LogRefused(logger, source);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.Connection = "close";
        var length = source?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 128 : 32;
        await context.Response.WriteAsync($"source {source} may not use this API: start loxid with --api-allow={source}/{length} (or a wider prefix) to let it\n", context.RequestAborted);
    }

    public static bool IsAllowed(IPAddress? source, ImmutableArray<IPNetwork> allowed)
    {
        if (Unmapped(source) is not { } address)
        {
            return false;
        }

        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        foreach (var prefix in allowed)
        {
            if (prefix.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress? Unmapped(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    [LoggerMessage(8030, LogLevel.Warning, "REST API: refused a request from {Source}, which --api-allow does not name")]
    private static partial void LogRefused(ILogger logger, IPAddress? source);
}
