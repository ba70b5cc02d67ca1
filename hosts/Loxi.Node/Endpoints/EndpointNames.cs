using System.Globalization;
using System.Net;
using Loxi.Core.Services;

namespace Loxi.Node.Endpoints;

/// <summary>The names of endpoints that nobody has named, as loxilb makes them: those of ICMP services are pinged.</summary>
internal static class EndpointNames
{
    public static string Of(IPAddress address, ServiceProtocol protocol, ushort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{address}_{(protocol == ServiceProtocol.Icmp ? "ping" : ServiceProtocolNames.NameOf(protocol))}_{port}");
}
