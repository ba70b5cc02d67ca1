using System.Globalization;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary>How a connection looks on the wire.</summary>
internal static class ConntrackText
{
    /// <summary>The direction from the client, in loxilb's form.</summary>
    public static ConntrackEntry ToEndpoint(NodeConnection connection) => new()
    {
        SourceIP = connection.Client.ToString(),
        SourcePort = connection.ClientPort,
        DestinationIP = connection.Vip.ToString(),
        DestinationPort = connection.VipPort,
        Protocol = ServiceProtocolNames.NameOf(connection.Protocol),
        State = connection.State,
        Ident = "0:0",
        Action = string.Create(CultureInfo.InvariantCulture, $"dnat-{connection.Endpoint}:{connection.EndpointPort}:w0"),
        Packets = (long)connection.PacketsToEndpoint,
        Bytes = (long)connection.BytesToEndpoint,
        ServiceName = NameOf(connection),
    };

    /// <summary>The direction from the endpoint, in loxilb's form.</summary>
    public static ConntrackEntry ToClient(NodeConnection connection) => new()
    {
        SourceIP = connection.Endpoint.ToString(),
        SourcePort = connection.EndpointPort,
        DestinationIP = connection.Client.ToString(),
        DestinationPort = connection.RewrittenClientPort,
        Protocol = ServiceProtocolNames.NameOf(connection.Protocol),
        State = connection.State,
        Ident = "0:0",
        Action = string.Create(CultureInfo.InvariantCulture, $"snat-{connection.Vip}:{connection.VipPort}:w0"),
        Packets = (long)connection.PacketsToClient,
        Bytes = (long)connection.BytesToClient,
        ServiceName = NameOf(connection),
    };

    /// <summary>Both directions, in Loxi's form.</summary>
    public static Connection ToConnection(NodeConnection connection) => new()
    {
        Protocol = ServiceProtocolNames.NameOf(connection.Protocol),
        ClientIP = connection.Client.ToString(),
        ClientPort = connection.ClientPort,
        ExternalIP = connection.Vip.ToString(),
        ExternalPort = connection.VipPort,
        EndpointIP = connection.Endpoint.ToString(),
        EndpointPort = connection.EndpointPort,
        RewrittenClientPort = connection.RewrittenClientPort,
        State = connection.State,
        Service = connection.Service,
        IdleSeconds = Math.Round(connection.Idle.TotalSeconds, 3),
        PacketsToEndpoint = connection.PacketsToEndpoint,
        BytesToEndpoint = connection.BytesToEndpoint,
        PacketsToClient = connection.PacketsToClient,
        BytesToClient = connection.BytesToClient,
    };

    private static string NameOf(NodeConnection connection) => connection.Service.Length == 0 ? "-" : connection.Service;
}
