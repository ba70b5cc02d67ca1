using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.Endpoints;
using Xunit;

namespace Loxi.Node.Tests.Endpoints;

public sealed class EndpointListingTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private static readonly ConfiguredEndpoint Configured = new(Address, 8080) { Name = "web", Period = 60, Fall = 2 };

    [Fact]
    public void ConfiguredWithoutService_ShowsWhatItsProbeFound()
    {
        var entry = EndpointListing.Make(Model(Configured), [], [Status(HealthState.Down)]).Should().ContainSingle().Subject;

        entry.Name.Should().Be("web");
        entry.Healthy.Should().BeFalse();
        entry.Probe.Should().Be(new ServiceProbe { Type = ProbeType.Tcp, Port = 8080, Timeout = TimeSpan.FromSeconds(60), Retries = 2 });
        entry.Delay!.Value.Average.Should().Be(TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public void ConfiguredAndUsed_IsOneEntryForTcpAndAnotherForUdp()
    {
        var entries = EndpointListing.Make(Model(Configured), [Use(ServiceProtocol.Tcp, false), Use(ServiceProtocol.Udp, true)], [Status(HealthState.Up)]);

        entries.Select(static e => (e.Protocol, e.Name, e.Healthy, e.Probe.Type)).Should().Equal(
            (ServiceProtocol.Tcp, "web", false, ProbeType.Tcp), (ServiceProtocol.Udp, null, true, ProbeType.None));
    }

    [Fact]
    public void RedEndpoint_GetsNoConnectionsThoughItsProbeSucceeds()
    {
        Model(Configured).SetState(new HeldEndpoint(Address, ServiceProtocol.Tcp, 8080), HandState.Red, ServiceModel.Empty, out var model);

        EndpointListing.Make(model, [], [Status(HealthState.Up)]).Should().ContainSingle().Which.Should().Match<Loxi.Node.Rest.NodeEndpoint>(e => !e.Healthy && e.State == HandState.Red);
    }

    [Fact]
    public void Configure_MoreThanTheLimit_IsRefusedButOneThatIsThereCanChange()
    {
        var model = EndpointModel.Empty;
        for (var port = 1; port <= EndpointModel.Limit; port++)
        {
            model.Configure(new ConfiguredEndpoint(Address, (ushort)port), out model).Should().Be(EndpointOutcome.Done);
        }

        model.Configure(new ConfiguredEndpoint(Address, EndpointModel.Limit + 1), out var same).Should().Be(EndpointOutcome.LimitReached);
        same.Should().BeSameAs(model);
        model.Configure(new ConfiguredEndpoint(Address, 1) { Fall = 9 }, out var changed).Should().Be(EndpointOutcome.Done);
        changed.ToRules().Probes[new EndpointPlace(Address, 1)]!.Fall.Should().Be(9);
    }

    private static EndpointModel Model(ConfiguredEndpoint endpoint)
    {
        EndpointModel.Empty.Configure(endpoint, out var model);
        return model;
    }

    private static ProbeStatus Status(HealthState state) => new(
        new ProbeTarget(Address, 8080, EndpointModel.SettingsOf(Configured)!),
        new EndpointHealth(state, DateTimeOffset.UnixEpoch, 0, 0),
        ProbeResult.Success,
        null,
        1,
        0,
        0,
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(2),
        TimeSpan.FromMilliseconds(3));

    private static (Service Service, ServiceEndpoint Endpoint, bool Active) Use(ServiceProtocol protocol, bool active)
    {
        var endpoint = new ServiceEndpoint(Address, 8080, 1);
        return (new Service { Key = new ServiceKey(IPAddress.Parse("198.18.0.1"), protocol, 80), Endpoints = [endpoint] }, endpoint, active);
    }
}
