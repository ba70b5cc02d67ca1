using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Xunit;

namespace Loxi.Nat.Tests.Health;

public sealed class ProbeTargetsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private static readonly ServiceEndpoint Endpoint = new(Address, 80, 1);
    private static readonly ProbeSettings Said = new() { Period = TimeSpan.FromSeconds(60), Fall = 9 };

    [Theory]
    [InlineData(ServiceProtocol.Tcp, false, true)]
    [InlineData(ServiceProtocol.Tcp, true, true)]
    [InlineData(ServiceProtocol.Udp, false, false)]
    public void PlaceWithSettings_IsTakenByTcpServices(ServiceProtocol protocol, bool monitor, bool taken) =>
        ProbeTargets.Of(Service(protocol, monitor), Endpoint, Rules(80, Said)).Should().Be(taken ? new ProbeTarget(Address, 80, Said) : null);

    [Fact]
    public void OtherPlace_ChangesNothing()
    {
        ProbeTargets.Of(Service(ServiceProtocol.Tcp, true), Endpoint, Rules(81, Said)).Should().Be(new ProbeTarget(Address, 80, new ProbeSettings()));
        ProbeTargets.Of(Service(ServiceProtocol.Tcp, false), Endpoint, Rules(81, Said)).Should().BeNull();
    }

    [Fact]
    public void PlaceWithoutProbe_StopsTheDefaultProbeButNotOneThatTheServiceAsksFor()
    {
        ProbeTargets.Of(Service(ServiceProtocol.Tcp, true), Endpoint, Rules(80, null)).Should().BeNull();
        ProbeTargets.Of(Service(ServiceProtocol.Tcp, true, new ServiceProbe { Type = ProbeType.Tcp }), Endpoint, Rules(80, null)).Should().Be(new ProbeTarget(Address, 80, new ProbeSettings()));
    }

    [Fact]
    public void WhatTheServiceSays_CountsMoreThanThePlace()
    {
        var service = Service(ServiceProtocol.Tcp, true, new ServiceProbe { Retries = 2 });

        ProbeTargets.Of(service, Endpoint, Rules(80, Said)).Should().Be(new ProbeTarget(Address, 80, Said with { Fall = 2 }));
        ProbeTargets.Of(Service(ServiceProtocol.Tcp, true, new ServiceProbe { Type = ProbeType.None }), Endpoint, Rules(80, Said)).Should().BeNull();
        ProbeTargets.Of(Service(ServiceProtocol.Tcp, true, new ServiceProbe { Port = 81 }), Endpoint, Rules(81, Said)).Should().Be(new ProbeTarget(Address, 81, Said));
    }

    private static EndpointRules Rules(ushort port, ProbeSettings? settings) =>
        new() { Probes = ImmutableDictionary<EndpointPlace, ProbeSettings?>.Empty.Add(new EndpointPlace(Address, port), settings) };

    private static Service Service(ServiceProtocol protocol, bool monitor, ServiceProbe? probe = null) => new()
    {
        Key = new ServiceKey(IPAddress.Parse("198.18.0.1"), protocol, 80),
        Monitor = monitor,
        Probe = probe ?? ServiceProbe.Default,
        Endpoints = [Endpoint],
    };
}
