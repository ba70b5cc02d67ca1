using System.Net;
using Loxi.Core.Connections;
using Loxi.Core.Services;

namespace Loxi.Benchmarks.Connections;

/// <summary>The connections of one family that go in and out, and their service.</summary>
internal sealed class ConnectionSet
{
    private const int PortsOfAClient = 64;
    private const int Endpoints = 3;

    internal ConnectionSet(int family, int count)
    {
        Family = family;
        Service = new()
        {
            Key = new(Vip(family), ServiceProtocol.Tcp, 80),
            Endpoints = [.. Enumerable.Range(0, Endpoints).Select(i => new ServiceEndpoint(Endpoint(family, i), 8080, 1))],
        };
        Records = [.. Enumerable.Range(0, count).Select(i => Record(i, 0, 1))];
        Deletions = [.. Records.Select(record => record with { Operation = ConnectionOperation.Delete, Version = new(ConnectionVersion.MaxTerm, 1, 1) })];
    }

    internal int Family { get; }

    internal Service Service { get; }

    internal ConnectionRecord[] Records { get; }

    internal ConnectionRecord[] Deletions { get; }

    /// <summary>A connection by its number, with another endpoint and a newer version each time.</summary>
    internal ConnectionRecord Record(int number, int endpoint, uint version)
    {
        var client = Family == 4 ? FlowAddress.FromIPv4(0x0a00_0000u + (uint)(number / PortsOfAClient)) : new FlowAddress(0x2001_0db8_0018_0000, (uint)(number / PortsOfAClient) + 1);
        var port = (ushort)(1024 + (number % PortsOfAClient));
        return new()
        {
            Protocol = ServiceProtocol.Tcp,
            State = ConnectionState.Established,
            Client = client,
            ClientPort = port,
            Vip = FlowAddress.From(Service.Key.Vip),
            VipPort = Service.Key.Port,
            Source = client,
            SourcePort = port,
            Endpoint = FlowAddress.From(Service.Endpoints[(number + endpoint) % Endpoints].Address),
            EndpointPort = 8080,
            Version = new(1, 1, version),
        };
    }

    private static IPAddress Vip(int family) => IPAddress.Parse(family == 4 ? "203.0.113.10" : "2001:db8:113::10");

    private static IPAddress Endpoint(int family, int index) => IPAddress.Parse(family == 4 ? $"192.0.2.{11 + index}" : $"2001:db8:2::{11 + index}");
}
