using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Node.Roles;
using Xunit;

namespace Loxi.Node.Tests.Roles;

public sealed class RoleModelTests
{
    [Theory]
    [InlineData("MASTER", NodeRole.Master)]
    [InlineData("BACKUP", NodeRole.Backup)]
    [InlineData("FAULT", NodeRole.Fault)]
    [InlineData("STOP", NodeRole.Stop)]
    [InlineData("NOT_DEFINED", NodeRole.NotDefined)]
    public void Post_IsObeyedAtOnce(string state, object role)
    {
        Post(RoleModel.None, "llb-inst0", state, out var roles).Outcome.Should().Be(RoleOutcome.Done);

        roles.AreUsed.Should().BeTrue();
        roles.RoleOf("llb-inst0").Should().Be((NodeRole)role);
        roles.RoleOf("inst1").Should().Be(NodeRole.NotDefined);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("")]
    [InlineData(null)]
    public void DefaultAndNoName_AreTheDefaultGroup(string? instance)
    {
        Post(RoleModel.None, instance, "MASTER", out var roles);

        roles.Groups.Keys.Should().Equal("llb-inst0");
    }

    [Fact]
    public void LastPost_Counts()
    {
        Post(RoleModel.None, "llb-inst0", "MASTER", out var roles);
        Post(roles, "llb-inst0", "BACKUP", out roles);
        Post(roles, "inst1", "MASTER", out roles, "192.0.2.1");

        roles.ToWire().Should().Equal(
            new ClusterState { Instance = "llb-inst0", State = "BACKUP", Vip = "0.0.0.0" }, new ClusterState { Instance = "inst1", State = "MASTER", Vip = "192.0.2.1" });
    }

    [Fact]
    public void RepeatedPost_DoesNothing()
    {
        Post(RoleModel.None, "llb-inst0", "MASTER", out var roles);

        Post(roles, "default", "MASTER", out var again).Outcome.Should().Be(RoleOutcome.Done);

        again.Should().BeSameAs(roles);
    }

    [Fact]
    public void NotDefined_AsTheFirstPost_SaysThatRolesAreUsed()
    {
        Post(RoleModel.None, "llb-inst0", "NOT_DEFINED", out var roles);

        roles.AreUsed.Should().BeTrue();
    }

    [Fact]
    public void BeforeAnyPost_TheDefaultGroupIsShown()
    {
        var nothing = new ClusterState { Instance = "llb-inst0", State = "NOT_DEFINED", Vip = "0.0.0.0" };

        RoleModel.None.ToWire().Should().Equal(nothing);
        RoleModel.Awaited.ToWire().Should().Equal(nothing);
        Post(RoleModel.None, "inst1", "MASTER", out var roles);
        roles.ToWire().Select(static s => s.Instance).Should().Equal("llb-inst0", "inst1");
    }

    [Fact]
    public void EveryWrongMember_IsNamed()
    {
        var result = Post(RoleModel.None, "a b", "master", out var roles, "192.0.2");

        roles.Should().BeSameAs(RoleModel.None);
        result.Outcome.Should().Be(RoleOutcome.Malformed);
        result.Problems.Should().Equal(
            new Problem("instance", "a b", "1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit"),
            new Problem("state", "master", "MASTER, BACKUP, FAULT, STOP or NOT_DEFINED"),
            new Problem("vip", "192.0.2", Loxi.Core.Services.AddressRules.Usable + "; 0.0.0.0 for none"));
    }

    [Fact]
    public void Groups_AreLimited()
    {
        var roles = RoleModel.None;
        for (var i = 0; i < RoleModel.Limit; i++)
        {
            Post(roles, $"inst{i}", "BACKUP", out roles);
        }

        Post(roles, "one-more", "MASTER", out var same).Outcome.Should().Be(RoleOutcome.LimitReached);
        same.Should().BeSameAs(roles);
        Post(roles, "inst7", "MASTER", out roles).Outcome.Should().Be(RoleOutcome.Done);
        roles.RoleOf("inst7").Should().Be(NodeRole.Master);
    }

    [Fact]
    public void Vip_ChangesTheGroupOnly()
    {
        Post(RoleModel.None, "llb-inst0", "MASTER", out var roles, "");
        Post(roles, "llb-inst0", "MASTER", out roles, "2001:db8::1");

        roles.Groups["llb-inst0"].Should().Be(new GroupRole(NodeRole.Master, IPAddress.Parse("2001:db8::1")));
    }

    private static RoleResult Post(RoleModel roles, string? instance, string state, out RoleModel desired, string vip = "0.0.0.0") =>
        roles.Post(new ClusterState { Instance = instance, State = state, Vip = vip }, out desired);
}
