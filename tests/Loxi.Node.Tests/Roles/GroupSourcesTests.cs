using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.Roles;

/// <summary><c>vip</c> of a post is the source of full-NAT services.</summary>
public sealed class GroupSourcesTests
{
    [Fact]
    public void Vip_IsTheSourceOfFullNatServicesOfTheGroupThatHaveNoneOfTheirOwn()
    {
        var services = ServiceModel.Create(
        [
            Service(1) with { Mode = NatMode.FullNat },
            Service(2) with { Mode = NatMode.FullNat, PrivateAddress = IPAddress.Parse("192.0.2.60") },
            Service(3) with { Mode = NatMode.FullNat, SourcePool = "p" },
            Service(4) with { Mode = NatMode.FullNat, VipGroup = "inst1" },
            Service(5) with { Mode = NatMode.OneArm },
            Service(6),
        ]);
        var sources = GroupSources.Of(Posted("192.0.2.200"));

        var inForce = sources.Apply(services);

        inForce.OrderBy(static s => s.Key.Port).Select(static s => s.PrivateAddress?.ToString()).Should().Equal("192.0.2.200", "192.0.2.60", null, null, null, null);
        inForce.SelectMany(static s => ServiceValidator.Validate(s)).Should().BeEmpty();
        foreach (var service in inForce)
        {
            services.TryGet(service.Key, out var own);
            sources.TakeBack(service, services).Should().Be(own, "what is told back is what was asked for");
        }
    }

    [Fact]
    public void Vip_ThatIsAnEndpointOfAService_IsNotItsSource()
    {
        var service = Service(1) with { Mode = NatMode.FullNat };
        var services = ServiceModel.Create([service]);

        GroupSources.Of(Posted(service.Endpoints[0].Address.ToString())).Apply(services).Should().ContainSingle().Which.PrivateAddress.Should().BeNull();
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("")]
    public void NoVip_ChangesNothing(string vip)
    {
        var services = ServiceModel.Create([Service(1) with { Mode = NatMode.FullNat }]);

        GroupSources.Of(Posted(vip)).Should().Be(GroupSources.None);
        GroupSources.Of(Posted(vip)).Apply(services).Should().BeSameAs(services);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("fe80::1")]
    public void VipThatCanBeNoSource_IsRefused(string vip) =>
        RoleModel.None.Post(new ClusterState { Instance = "llb-inst0", State = "MASTER", Vip = vip }, out _).Problems.Should().ContainSingle().Which.Field.Should().Be("vip");

    [Fact]
    public void AnotherVip_IsAnotherSource()
    {
        GroupSources.Of(Posted("192.0.2.200")).Should().Be(GroupSources.Of(Posted("192.0.2.200")));
        GroupSources.Of(Posted("192.0.2.200")).Should().NotBe(GroupSources.Of(Posted("192.0.2.201"))).And.NotBe(GroupSources.None);
    }

    private static RoleModel Posted(string vip)
    {
        RoleModel.None.Post(new ClusterState { Instance = "llb-inst0", State = "MASTER", Vip = vip }, out var posted).Outcome.Should().Be(RoleOutcome.Done);
        return posted;
    }

    private static Service Service(ushort port) => new()
    {
        Key = new ServiceKey(IPAddress.Parse("203.0.113.1"), ServiceProtocol.Tcp, port),
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.1"), 80, 1)],
    };
}
