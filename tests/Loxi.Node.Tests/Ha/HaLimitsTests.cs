using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.Ha;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class HaLimitsTests
{
    [Fact]
    public void SixtyFifthGroup_IsRefused_AndTheDefaultOneAndPostedOnesCount()
    {
        var before = State([.. Enumerable.Range(1, 63).Select(static i => Service(i, $"g{i}"))]);
        HaLimits.Refuse(before, before, []).Should().BeNull();

        var more = State([.. before.Services, Service(64, "g64")]);
        HaLimits.Refuse(before, more, []).Should().Be("65 VIP groups, expected at most 64 while roles are used");
        HaLimits.Refuse(before, State([.. before.Services, Service(64, VipGroups.Default)]), []).Should().BeNull();
        HaLimits.Refuse(before, State([.. before.Services, Service(64, "g63")]), ["posted"]).Should().BeNull("it makes no more of them");
        HaLimits.Refuse(before, ["g1"], "g1").Should().BeNull();
        HaLimits.Refuse(before, [], "posted").Should().Be("65 VIP groups, expected at most 64");
        HaLimits.Refuse(more, [], "g64").Should().BeNull("it is there");
    }

    [Fact]
    public void MoreAddressesThanCanHaveRoles_AreRefused_AndWhoHasTooManyMayHaveFewer()
    {
        var most = State([.. Enumerable.Range(1, 8192).Select(static i => Service(i, "g"))]);
        var more = State([.. Enumerable.Range(1, 8193).Select(static i => Service(i, "g"))]);
        var most2 = State([.. Enumerable.Range(1, 8194).Select(static i => Service(i, "g"))]);

        HaLimits.Refuse(DesiredState.Empty, most, []).Should().BeNull();
        HaLimits.Refuse(most, more, []).Should().Be("8193 addresses in VIP groups, expected at most 8192 while roles are used");
        HaLimits.Refuse(most2, more, []).Should().BeNull("a node that has too many since before it had roles may have fewer");
        HaLimits.Refuse(more, [], "g").Should().BeNull("whose role is told, and it is better than none");
        HaLimits.Refuse(most, State([.. most.Services, Service(1, "g") with { Key = Service(1, "g").Key with { Port = 81 } }]), []).Should().BeNull("one address has many services");
        HaLimits.Refuse(most, most with { Pools = SourcePools.Create([new SourcePool { Name = "p", VipGroup = "g", Addresses = [IPAddress.Parse("192.0.2.1")] }]) }, []).Should().StartWith("8193 addresses");
    }

    private static DesiredState State(Service[] services) => new(ServiceModel.Create(services), SourcePools.Empty);

    private static Service Service(int number, string group) => new()
    {
        Key = new ServiceKey(new IPAddress([10, 1, (byte)(number >> 8), (byte)number]), ServiceProtocol.Tcp, 80),
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.1"), 80, 1)],
        VipGroup = group,
    };
}
