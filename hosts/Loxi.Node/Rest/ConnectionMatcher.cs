using Loxi.Api.V1;

namespace Loxi.Node.Rest;

/// <summary>Whether a filter means a connection.</summary>
internal static class ConnectionMatcher
{
    public static bool Matches(ConnectionFilter filter, NodeConnection connection) =>
        (filter.Client is not { } client || client.Contains(connection.Client))
        && (filter.Vip is null || filter.Vip.Equals(connection.Vip))
        && (filter.Port is null || filter.Port == connection.VipPort)
        && (filter.Endpoint is null || filter.Endpoint.Equals(connection.Endpoint))
        && (filter.Protocol is null || filter.Protocol == connection.Protocol)
        && (filter.Service is null || filter.Service == connection.Service)
        && (filter.State is null || filter.State == connection.State);
}
