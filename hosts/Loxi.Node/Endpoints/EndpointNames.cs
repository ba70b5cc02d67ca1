using System.Globalization;
using System.Net;
using Loxi.Core.Services;

namespace Loxi.Node.Endpoints;

/// <summary>The names of endpoints that nobody has named.</summary>
internal static class EndpointNames
{
    public static string Of(IPAddress address, ServiceProtocol protocol, ushort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{address}_{ServiceProtocolNames.NameOf(protocol)}_{port}");
}
