using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Node.Composition;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Composition;

public sealed class NodeRolesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-node-roles-").FullName;
    private readonly RoleStateFile _file;

    public NodeRolesTests() => _file = new RoleStateFile(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task FirstPost_IsRememberedAcrossARestart_TheRoleIsNot()
    {
        using var roles = NewRoles();
        roles.Roles.AreUsed.Should().BeFalse();

        (await PostAsync(roles, "MASTER")).Outcome.Should().Be(RoleOutcome.Done);

        roles.Roles.RoleOf("llb-inst0").Should().Be(NodeRole.Master);
        using var later = NewRoles();
        later.Roles.Should().BeSameAs(RoleModel.Awaited);
    }

    [Fact]
    public async Task RepeatedPost_TellsNobody()
    {
        using var roles = NewRoles();
        var changes = 0;
        roles.Changed += () => changes++;

        await PostAsync(roles, "MASTER");
        File.Delete(_file.Path);
        await PostAsync(roles, "MASTER");
        await PostAsync(roles, "WRONG");
        changes.Should().Be(1);
        await PostAsync(roles, "BACKUP");

        changes.Should().Be(2);
        File.Exists(_file.Path).Should().BeFalse("only the first post is written down");
    }

    [Fact]
    public async Task DecidedRoles_AreInForce_AndPostsAreRequests()
    {
        using var roles = NewRoles();
        var changes = 0;
        roles.Changed += () => changes++;
        await PostAsync(roles, "MASTER");

        roles.Decide("llb-inst0", NodeRole.Backup);
        roles.Decide("inst1", NodeRole.Master);

        roles.Roles.AreUsed.Should().BeTrue();
        roles.Roles.RoleOf("llb-inst0").Should().Be(NodeRole.Backup);
        roles.Roles.RoleOf("inst1").Should().Be(NodeRole.Master);
        roles.Posted.RoleOf("llb-inst0").Should().Be(NodeRole.Master);
        changes.Should().Be(3);
        roles.Keep(new HashSet<string> { "inst1" });
        roles.Roles.RoleOf("llb-inst0").Should().Be(NodeRole.NotDefined);
        roles.Roles.RoleOf("inst1").Should().Be(NodeRole.Master);
    }

    /// <summary>R8 by BGP: first the new node's preference rises, then the old one's falls.</summary>
    [Fact]
    public void R8_GroupThatWasGivenAwayByPlan_IsAnnouncedAsBefore_UntilItIsReleased()
    {
        using var roles = NewRoles();
        roles.BeginDeciding();
        roles.Decide("llb-inst0", NodeRole.Master);
        var changes = 0;
        roles.Changed += () => changes++;

        roles.Decide("llb-inst0", NodeRole.Backup, isHeld: true);
        (roles.Roles.RoleOf("llb-inst0"), roles.Announced.RoleOf("llb-inst0")).Should().Be((NodeRole.Backup, NodeRole.Master));
        roles.Release("llb-inst0");
        roles.Announced.RoleOf("llb-inst0").Should().Be(NodeRole.Backup);
        changes.Should().Be(2);

        roles.Decide("llb-inst0", NodeRole.Backup, isHeld: true);
        roles.Decide("llb-inst0", NodeRole.NotDefined);
        roles.Announced.RoleOf("llb-inst0").Should().Be(NodeRole.NotDefined, "a node that stood still announces nothing");
    }

    [Fact]
    public void BeforeNodesHaveDecided_ThereIsNoRole()
    {
        using var roles = NewRoles();

        roles.BeginDeciding();

        roles.Roles.Should().BeSameAs(RoleModel.Awaited, "who does not know yet who serves must not announce anything");
    }

    [Fact]
    public async Task FirstPostThatCannotBeRemembered_IsNotObeyed()
    {
        using var roles = NewRoles();
        Directory.CreateDirectory(_file.Path + ".tmp");

        await roles.Awaiting(static r => PostAsync(r, "MASTER")).Should().ThrowAsync<Exception>();

        roles.Roles.Should().BeSameAs(RoleModel.None);
    }

    private NodeRoles NewRoles()
    {
        var roles = new NodeRoles(_file, NullLogger<NodeRoles>.Instance);
        roles.Load();
        return roles;
    }

    private static Task<RoleResult> PostAsync(NodeRoles roles, string state) => roles.PostAsync(new ClusterState { Instance = "llb-inst0", State = state, Vip = "0.0.0.0" }, TestContext.Current.CancellationToken);
}
