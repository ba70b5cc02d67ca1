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
        Action = ActionToEndpoint(connection),
        Packets = (long)connection.PacketsToEndpoint,
        Bytes = (long)connection.BytesToEndpoint,
        ServiceName = NameOf(connection),
    };

    /// <summary>The direction from the endpoint, in loxilb's form. With direct server return there is none: it does not pass the node.</summary>
    public static ConntrackEntry ToClient(NodeConnection connection) => new()
    {
        SourceIP = connection.Endpoint.ToString(),
        SourcePort = connection.EndpointPort,
        DestinationIP = connection.Source.ToString(),
        DestinationPort = connection.RewrittenClientPort,
        Protocol = ServiceProtocolNames.NameOf(connection.Protocol),
        State = connection.State,
        Ident = "0:0",
        Action = IsSourceRewritten(connection)
            ? string.Create(CultureInfo.InvariantCulture, $"fsnat-{connection.Vip},{connection.Client}:{connection.VipPort}:w0")
            : string.Create(CultureInfo.InvariantCulture, $"snat-{connection.Vip}:{connection.VipPort}:w0"),
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
        Mode = NatModeNames.NameOf(connection.Mode),
        SourceIP = connection.Source.ToString(),
        RewrittenClientPort = connection.RewrittenClientPort,
        State = connection.State,
        Service = connection.Service,
        IdleSeconds = Math.Round(connection.Idle.TotalSeconds, 3),
        PacketsToEndpoint = connection.PacketsToEndpoint,
        BytesToEndpoint = connection.BytesToEndpoint,
        PacketsToClient = connection.PacketsToClient,
        BytesToClient = connection.BytesToClient,
    };

    /// <summary>Whether there is an entry for the way back.</summary>
    public static bool HasWayBack(NodeConnection connection) => connection.Mode != NatMode.Dsr;

    private static string ActionToEndpoint(NodeConnection connection)
    {
        var endpoint = string.Create(CultureInfo.InvariantCulture, $"{connection.Endpoint}:{connection.EndpointPort}:w0");
        return connection.Mode == NatMode.Dsr ? $"ddsr-{endpoint}"
            : IsSourceRewritten(connection) ? $"fdnat-{connection.Source},{endpoint}"
            : $"dnat-{endpoint}";
    }

    /// <summary>By what was done, not by the mode: towards an endpoint on the node itself no mode rewrites the source, between the families each does.</summary>
    private static bool IsSourceRewritten(NodeConnection connection) => !connection.Source.Equals(connection.Client);

    private static string NameOf(NodeConnection connection) => connection.Service.Length == 0 ? "-" : connection.Service;
}
