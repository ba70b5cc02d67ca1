using System.Net;
using Loxi.Core.Services;

namespace Loxi.Core.Tests.Services;

internal static class Some
{
    public static Service Service(int number, int endpoints = 2) => new()
    {
        Key = new ServiceKey(new IPAddress([198, 18, (byte)(number >> 8), (byte)number]), ServiceProtocol.Tcp, 80),
        Endpoints = [.. Enumerable.Range(1, endpoints).Select(Endpoint)],
    };

    public static ServiceEndpoint Endpoint(int number) => new(new IPAddress([192, 0, 2, (byte)number]), 8080, 1);
}
