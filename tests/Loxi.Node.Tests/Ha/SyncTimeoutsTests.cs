using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Nat.Connections;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class SyncTimeoutsTests
{
    private const string Vip = "192.0.2.10";

    [Theory]
    [InlineData(Vip, 80, ConnectionState.Established, 0u, 90)]
    [InlineData(Vip, 80, ConnectionState.HalfClosed, 0u, 240)]
    [InlineData("192.0.2.11", 80, ConnectionState.Established, 0u, 90)]
    [InlineData(Vip, 81, ConnectionState.Established, 0u, 7440)]
    [InlineData(Vip, 8082, ConnectionState.Established, 0u, 120)]
    [InlineData(Vip, 8081, ConnectionState.Established, 0u, 7440)]
    [InlineData(Vip, 9000, ConnectionState.Established, 0u, 7440)]
    [InlineData(Vip, 9000, ConnectionState.Established, 4u, 30)]
    [InlineData("203.0.113.1", 7, ConnectionState.Established, 0u, 60)]
    [InlineData("203.0.113.1", 8, ConnectionState.Established, 0u, 7440)]
    public void AConnection_LastsAsLongAsItsServiceAndStateSay(string vip, ushort port, ConnectionState state, uint block, int seconds)
    {
        var timeouts = new SyncTimeouts(new ConnectionTimeouts());
        timeouts.Set(ServiceModel.Create(
        [
            Service(new ServiceKey(IPAddress.Parse(Vip), ServiceProtocol.Tcp, 80), 90) with { SecondaryAddresses = [IPAddress.Parse("192.0.2.11")] },
            Service(new ServiceKey(IPAddress.Parse(Vip), ServiceProtocol.Tcp, 8080, 8090, 0, ""), 120),
            Service(new ServiceKey(IPAddress.Parse(Vip), ServiceProtocol.Tcp, 8081), 0),
            Service(new ServiceKey(IPAddress.Parse(Vip), ServiceProtocol.Tcp, 9000, 9000, 4, ""), 30),
            Service(new ServiceKey(IPAddress.Any, ServiceProtocol.Tcp, 7), 60),
        ]));

        timeouts.TimeoutOf(Key(vip, port), Path(state, block)).Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void WhatIsNotAnsweredYet_LastsAsWhatIsBeingOpened() =>
        new SyncTimeouts(new ConnectionTimeouts()).TimeoutOf(Key(Vip, 80), Path(ConnectionState.Established, 0) with { Traits = ConnectionTraits.Loose }).Should().Be(TimeSpan.FromSeconds(240));

    private static ConnectionKey Key(string vip, ushort port) => new(FlowAddress.From(IPAddress.Parse("198.51.100.1")), FlowAddress.From(IPAddress.Parse(vip)), 40_000, port, ServiceProtocol.Tcp);

    private static ConnectionPath Path(ConnectionState state, uint block) => new(default, default, block, 40_000, 8080, state, ConnectionTraits.None);

    private static Service Service(ServiceKey key, int seconds) => new() { Key = key, InactiveTimeout = TimeSpan.FromSeconds(seconds), Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.50"), 8080, 1)] };
}
