using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Node.Ha;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class HaLimitsTests
{
    [Fact]
    public void SixtyFifthGroup_IsRefused_AndTheDefaultOneAndPostedOnesCount()
    {
        var before = State([.. Enumerable.Range(1, 63).Select(static i => Service(i, $"g{i}"))]);
        HaLimits.Refuse(before, before, RoleModel.None).Should().BeNull();

        var more = State([.. before.Services, Service(64, "g64")]);
        HaLimits.Refuse(before, more, RoleModel.None).Should().Be("65 VIP groups, expected at most 64 while roles are used");
        HaLimits.Refuse(before, State([.. before.Services, Service(64, VipGroups.Default)]), RoleModel.None).Should().BeNull();
        HaLimits.Refuse(before, State([.. before.Services, Service(64, "g63")]), Post(RoleModel.None, "posted")).Should().BeNull("it makes no more of them");
        HaLimits.Refuse(before, Post(RoleModel.None, "g1"), Post(RoleModel.None, "g1")).Should().BeNull();
        HaLimits.Refuse(before, RoleModel.None, Post(RoleModel.None, "posted")).Should().Be("65 VIP groups, expected at most 64 while roles are used");
        HaLimits.Refuse(more, RoleModel.None, Post(RoleModel.None, "g64")).Should().BeNull("it is there");
    }

    [Fact]
    public void MoreAddressesThanCanHaveRoles_AreRefused_AndWhoHasTooManyMayHaveFewer()
    {
        var most = State([.. Enumerable.Range(1, 8192).Select(static i => Service(i, "g"))]);
        var more = State([.. Enumerable.Range(1, 8193).Select(static i => Service(i, "g"))]);
        var most2 = State([.. Enumerable.Range(1, 8194).Select(static i => Service(i, "g"))]);

        HaLimits.Refuse(DesiredState.Empty, most, RoleModel.None).Should().BeNull();
        HaLimits.Refuse(most, more, RoleModel.None).Should().Be("8193 addresses in VIP groups, expected at most 8192 while roles are used");
        HaLimits.Refuse(most2, more, RoleModel.None).Should().BeNull("a node that has too many since before it had roles may have fewer");
        HaLimits.Refuse(more, RoleModel.None, Post(RoleModel.None, "g")).Should().BeNull("whose role is told, and it is better than none");
        HaLimits.Refuse(most, State([.. most.Services, Service(1, "g") with { Key = Service(1, "g").Key with { Port = 81 } }]), RoleModel.None).Should().BeNull("one address has many services");
        HaLimits.Refuse(most, most with { Pools = SourcePools.Create([new SourcePool { Name = "p", VipGroup = "g", Addresses = [IPAddress.Parse("192.0.2.1")] }]) }, RoleModel.None).Should().StartWith("8193 addresses");
    }

    [Fact]
    public void AddressOfAPost_IsOneMore_WhereAServiceHasItForItsSource()
    {
        Service[] most = [.. Enumerable.Range(1, 8192).Select(static i => Service(i, "g"))];
        var posted = Post(RoleModel.None, "g", "192.0.2.9");

        HaLimits.Refuse(State(most), RoleModel.None, posted).Should().BeNull("no service has it");
        HaLimits.Refuse(State([.. most[1..], most[0] with { Mode = NatMode.FullNat }]), RoleModel.None, posted).Should().Be("8193 addresses in VIP groups, expected at most 8192 while roles are used");
        HaLimits.Refuse(State(most[1..]), State([.. most[1..], most[0] with { Mode = NatMode.FullNat }]), posted).Should().StartWith("8193 addresses");
    }

    private static RoleModel Post(RoleModel before, string group, string vip = "0.0.0.0")
    {
        before.Post(new ClusterState { Instance = group, State = "BACKUP", Vip = vip }, out var after).Outcome.Should().Be(RoleOutcome.Done);
        return after;
    }

    private static DesiredState State(Service[] services) => new(ServiceModel.Create(services), SourcePools.Empty);

    private static Service Service(int number, string group) => new()
    {
        Key = new ServiceKey(new IPAddress([10, 1, (byte)(number >> 8), (byte)number]), ServiceProtocol.Tcp, 80),
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.1"), 80, 1)],
        VipGroup = group,
    };
}
