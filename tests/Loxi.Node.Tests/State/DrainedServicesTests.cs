using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class DrainedServicesTests
{
    private static readonly HeldEndpoint Two = new(IPAddress.Parse("192.0.2.2"), ServiceProtocol.Tcp, 80);

    [Fact]
    public void NoEndpointDrained_TheServicesStayTheSameObject()
    {
        var desired = ServiceModel.Create([Service(1)]);

        DrainedServices.None.Follow(ServiceModel.Empty, desired).Model.Should().BeSameAs(desired);
        DrainedServices.Of([], desired).Model.Should().BeSameAs(desired);
    }

    [Fact]
    public void EndpointDrained_InEveryServiceThatHasItAndOfItsProtocolOnly()
    {
        var udp = Service(3) with { Key = Service(3).Key with { Protocol = ServiceProtocol.Udp } };
        var drained = DrainedServices.Of([Two], ServiceModel.Create([Service(1), Service(2), udp]));

        DrainingOf(drained).Should().BeEquivalentTo("198.18.0.1 192.0.2.2:80", "198.18.0.2 192.0.2.2:80");
    }

    [Fact]
    public void Follow_ServicesThatComeChangeAndGo_AreAsIfMadeAnew()
    {
        var before = ServiceModel.Create([Service(1), Service(2), Service(3)]);
        var drained = DrainedServices.Of([Two], before);
        var after = before.Without(Service(1).Key).With(Service(2) with { Name = "other" }).With(Service(4));

        var followed = drained.Follow(before, after);

        followed.Model.DifferenceFrom(DrainedServices.Of([Two], after).Model).IsEmpty.Should().BeTrue();
        DrainingOf(followed).Should().HaveCount(3);
        DrainingOf(DrainedServices.Of([], after)).Should().BeEmpty();
    }

    [Fact]
    public void Follow_OneChange_IsFoundWithoutLookingAtTheOthers()
    {
        var before = ServiceModel.Create(Enumerable.Range(0, 100).Select(Service));
        var drained = DrainedServices.Of([Two], before);

        var followed = drained.Follow(before, before.With(Service(100)));

        followed.Model.DifferenceFrom(drained.Model).Added.Should().ContainSingle();
        followed.Model.TryGet(Service(7).Key, out var kept).Should().BeTrue();
        drained.Model.TryGet(Service(7).Key, out var same).Should().BeTrue();
        kept.Should().BeSameAs(same);
    }

    private static IEnumerable<string> DrainingOf(DrainedServices drained) =>
        drained.Model.SelectMany(static s => s.Endpoints.Where(static e => e.Draining).Select(e => $"{s.Key.Vip} {e}"));

    private static Service Service(int number) => new()
    {
        Key = new ServiceKey(new IPAddress([198, 18, 0, (byte)number]), ServiceProtocol.Tcp, 80),
        Endpoints = [new(IPAddress.Parse("192.0.2.1"), 80, 1), new(IPAddress.Parse("192.0.2.2"), 80, 1)],
    };
}
