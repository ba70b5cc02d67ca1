using System.Net;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class VipGroupPlanTests
{
    [Fact]
    public void WithoutAnything_ThereIsTheDefaultGroup()
    {
        var group = Make([]).Should().ContainSingle().Subject;

        group.Should().BeEquivalentTo(new { Name = "llb-inst0", IsOnLink = true });
        group.Addresses.Should().BeEmpty();
    }

    [Fact]
    public void Addresses_OfServicesAndPools_MoveWithTheirGroup()
    {
        var pools = SourcePools.Create([new SourcePool { Name = "p", VipGroup = "inst1", Addresses = [IPAddress.Parse("192.0.2.50")] }]);

        var groups = Make([Service("192.0.2.10") with { PrivateAddress = IPAddress.Parse("192.0.2.60") }, Service("203.0.113.9", "inst1"), Service("192.0.2.10", port: 81)], pools, "inst2");

        groups.Select(static g => g.Name).Should().Equal("inst1", "inst2", "llb-inst0");
        groups[0].Addresses.Should().Equal(On("192.0.2.50", "eth0"), On("203.0.113.9", "lo"));
        groups[1].Addresses.Should().BeEmpty();
        groups[2].Addresses.Should().Equal(On("192.0.2.10", "eth0"), On("192.0.2.60", "eth0"));
    }

    [Fact]
    public void AnnouncedByBgp_IsOnNoLink_UnlessAnotherServiceWantsIt()
    {
        var routed = Make([Service("192.0.2.10") with { Bgp = true }]).Single();
        routed.Addresses.Should().Equal(new AnnouncedAddress(IPAddress.Parse("192.0.2.10"), AddressPlacement.Routed));
        routed.IsOnLink.Should().BeFalse("who announces a route takes new connections at any preference");

        foreach (var services in new[] { new[] { Service("192.0.2.10") with { Bgp = true }, Service("192.0.2.10", port: 81) }, [Service("192.0.2.10"), Service("192.0.2.10", port: 81) with { Bgp = true }] })
        {
            var both = Make(services).Single();
            both.Addresses.Should().Equal(On("192.0.2.10", "eth0"));
            both.IsOnLink.Should().BeTrue();
        }
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void ServiceOnTheAddressesOfTheHost_HasNoneThatMoves(string any) =>
        Make([Service(any) with { Mode = NatMode.HostOneArm }]).Single().Addresses.Should().BeEmpty();

    [Fact]
    public void AddressOfTwoGroups_IsInOne()
    {
        var groups = Make([Service("192.0.2.10", "inst1"), Service("192.0.2.10", "inst2", 81)]);

        groups.SelectMany(static g => g.Addresses).Should().ContainSingle();
    }

    [Fact]
    public void Hash_IsOfWhatMustBeEqual()
    {
        ulong HashOf(params Service[] services) => Make(services).Single().ConfigHash;
        var one = HashOf(Service("192.0.2.10"), Service("192.0.2.11"));

        HashOf(Service("192.0.2.11"), Service("192.0.2.10")).Should().Be(one, "the order of the posts does not matter");
        HashOf(Service("192.0.2.10")).Should().NotBe(one);
        HashOf(Service("192.0.2.10") with { Mode = NatMode.OneArm }, Service("192.0.2.11")).Should().NotBe(one);
    }

    private static System.Collections.Immutable.ImmutableArray<VipGroup> Make(IEnumerable<Service> services, SourcePools? pools = null, params string[] posted) =>
        VipGroupPlan.Make(ServiceModel.Create(services), pools ?? SourcePools.Empty, posted, static a => a.GetAddressBytes()[0] == 192 ? "eth0" : "lo");

    private static AnnouncedAddress On(string address, string link) => new(IPAddress.Parse(address), AddressPlacement.Interface, link);

    private static Service Service(string vip, string group = VipGroups.Default, ushort port = 80) => new()
    {
        Key = new ServiceKey(IPAddress.Parse(vip), ServiceProtocol.Tcp, port),
        VipGroup = group,
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("192.0.2.1"), 8080, 1)],
    };
}
