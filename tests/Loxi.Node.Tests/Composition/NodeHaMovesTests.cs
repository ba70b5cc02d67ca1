using System.Collections.Immutable;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Loxi.Ha.Transport;
using Loxi.Node.Rest;
using Loxi.Node.Tests.Ha;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>Switchover, drain and resume, as REST asks for them.</summary>
public sealed class NodeHaMovesTests
{
    private const string Group = VipGroups.Default;
    private static readonly HaMoveArguments Plain = new();
    private static readonly HaMoveArguments Forced = new() { Force = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Switchover_EndsWhenTheOtherNodeServes()
    {
        await using var ha = await StartAsync(Live());

        var moving = ha.Node.SwitchOverAsync(Group, Plain, Token);
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Group} to 1"));
        moving.IsCompleted.Should().BeFalse();
        ha.Speaker.Tell(NodeMovesTests.Change(HelloRole.Master, HelloRole.Backup, RoleCause.Switchover, 1));

        (await moving).Moves.Should().Equal(new HaMove { Group = Group, From = 0, To = 1 });
    }

    [Fact]
    public async Task SwitchoverThatDoesNotComeAbout_SaysWhy()
    {
        await using var ha = await StartAsync(Live(backlog: 3));

        var moving = ha.Node.SwitchOverAsync(Group, Plain, Token);
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Group} to 1"));
        ha.Speaker.Tell(new RoleSpeakerEvent { Group = Group, RoleAlarm = RoleAlarm.SwitchoverFailed });

        Text(await moving).Should().Be("to: value '1', expected a node that takes the role: it was not taken: 3 changes of connections wait for node 1");
        ha.Speaker.SwitchesOver = false;
        Text(await ha.Node.SwitchOverAsync(Group, Plain, Token)).Should().Contain("has changed meanwhile");
    }

    [Theory]
    [InlineData(false, true, HelloRole.Backup, Readiness.Ready, 255, false, "to: value 'node 1: not heard', expected a node that is heard")]
    [InlineData(true, false, HelloRole.Backup, Readiness.Ready, 255, false, "to: value 'node 1: does not hear this node', expected a node that hears this one")]
    [InlineData(true, true, HelloRole.Backup, Readiness.Ready, 255, true, "to: value 'node 1: pinned, drained or about to stop', expected a node that may serve (there: loxictl ha unpin, loxictl ha resume)")]
    [InlineData(true, true, HelloRole.Listening, Readiness.Ready, 255, false, "to: value 'node 1: listening', expected a backup")]
    [InlineData(true, true, HelloRole.Backup, Readiness.Syncing, 255, false, "to: value 'node 1: syncing', expected a node that is ready: with all services, all connections, and a disk for its terms")]
    [InlineData(true, true, HelloRole.Backup, Readiness.Ready, 191, false, "to: value 'node 1: of health 191', expected a health of 255, as this node has, or more: it misses a link, a gateway or its programs")]
    public async Task NodeThatCannotServe_IsNamedWithTheReason_AlsoWhenForced(bool isHeard, bool hearsUs, HelloRole role, Readiness readiness, byte health, bool isPinned, string problem)
    {
        await using var ha = await StartAsync(Live());
        ha.Speaker.Groups = [Served() with { Peers = [new RoleGroupPeer(1, isHeard, hearsUs, role, readiness, health, 100, isPinned)] }];

        foreach (var arguments in (HaMoveArguments[])[Plain, Forced, new() { To = 1 }])
        {
            Text(await ha.Node.SwitchOverAsync(Group, arguments, Token)).Should().Be(problem);
        }

        Text(await ha.Node.DrainAsync(Plain, Token)).Should().Be(problem);
        ha.Configuration.Current.IsDrained.Should().BeFalse();
        ha.Speaker.Told.Should().NotContain($"{Group} post Backup");
    }

    [Fact]
    public async Task WithoutConnectionsAtTheOtherNode_AMoveIsRefused_UnlessItIsForced()
    {
        await using var ha = await StartAsync(null);
        Text(await ha.Node.SwitchOverAsync(Group, Plain, Token)).Should().Be("sync: value 'off', expected connections that are kept alike (--ha-sync), or force: established ones are reset");
        ha.Sync!.Status = Live(isLive: false);
        Text(await ha.Node.SwitchOverAsync(Group, Plain, Token)).Should().Be("sync: value 'no stream to node 1 (gone)', expected connections that are kept alike, or force: established ones are reset");
        ha.Sync.Status = Live() with { Peers = [] };
        Text(await ha.Node.SwitchOverAsync(Group, Plain, Token)).Should().StartWith("sync: value 'not with node 1'");

        var moving = ha.Node.SwitchOverAsync(Group, Forced, Token);
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Group} to 1"));
        ha.Speaker.Tell(NodeMovesTests.Change(HelloRole.Master, HelloRole.Backup, RoleCause.Switchover, 1));
        (await moving).Outcome.Should().Be(HaMoveOutcome.Done);
    }

    [Fact]
    public async Task WrongGroupNodeOrTime_IsNamed()
    {
        await using var ha = await StartAsync(Live());

        (await ha.Node.SwitchOverAsync("inst7", Plain, Token)).Outcome.Should().Be(HaMoveOutcome.NotFound);
        var wrong = await ha.Node.SwitchOverAsync(Group, new() { To = 7 }, Token);
        (wrong.Outcome, Text(wrong)).Should().Be((HaMoveOutcome.Malformed, "to: value '7', expected one of the nodes 0, 1"));
        Text(await ha.Node.SwitchOverAsync(Group, new() { To = 0 }, Token)).Should().Be("to: value '0', expected another node: this one serves the group already");
        (await ha.Node.DrainAsync(new() { To = 1 }, Token)).Outcome.Should().Be(HaMoveOutcome.Malformed);
        ha.Speaker.Groups = [Served() with { HeldUntil = TimeSpan.FromSeconds(4.6) }];
        Text(await ha.Node.SwitchOverAsync(Group, Plain, Token)).Should().Be($"group: value '{Group}', expected a move in 5 s: its role has changed too often (R9)");
        ha.Speaker.Groups = [Served() with { Role = HelloRole.Backup, Master = 1 }];
        Text(await ha.Node.SwitchOverAsync(Group, Plain, Token)).Should().Be($"group: value '{Group}, which node 1 serves', expected one that this node serves; ask that node, or say to 0 to take it");
    }

    [Fact]
    public async Task SwitchoverToThisNode_AsksForTheRole()
    {
        await using var ha = await StartAsync(Live());
        ha.Speaker.Groups = [Served() with { Role = HelloRole.Backup, Master = 1 }];

        var moving = ha.Node.SwitchOverAsync(Group, new() { To = 0 }, Token);
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Group} post Master"));
        ha.Speaker.Tell(NodeMovesTests.Change(HelloRole.Backup, HelloRole.Master, RoleCause.Switchover, 1));

        (await moving).Moves.Should().Equal(new HaMove { Group = Group, From = 1, To = 0 });
    }

    [Fact]
    public async Task SwitchoverToThisNode_IsRefusedLikeOneAwayFromIt()
    {
        await using var ha = await StartAsync(null);
        var away = Served() with { Role = HelloRole.Backup, Master = 1 };
        ha.Speaker.Groups = [away];
        Text(await ha.Node.SwitchOverAsync(Group, new() { To = 0 }, Token)).Should().StartWith("sync: value 'off'");
        ha.Sync!.Status = Live(isLive: false);
        Text(await ha.Node.SwitchOverAsync(Group, new() { To = 0 }, Token)).Should().StartWith("sync: value 'no stream to node 1");
        ha.Sync.Status = Live();
        ha.Speaker.Groups = [away with { HeldUntil = TimeSpan.FromSeconds(4.6) }];
        Text(await ha.Node.SwitchOverAsync(Group, new() { To = 0, Force = true }, Token)).Should().Contain("(R9)");
        ha.Speaker.Told.Should().NotContain($"{Group} post Master");
    }

    [Fact]
    public async Task Drain_PinsAllGroups_IsStored_AndHoldsForNewGroupsAndAfterARestart()
    {
        await using var ha = await StartAsync(Live());
        var draining = ha.Node.DrainAsync(Plain, Token);
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Group} post Backup"));
        ha.Speaker.Tell(NodeMovesTests.Change(HelloRole.Master, HelloRole.Backup, RoleCause.Switchover, 1));
        (await draining).Moves.Should().Equal(new HaMove { Group = Group, From = 0, To = 1 });
        (await ha.Node.ReadAsync(Token))!.IsDrained.Should().BeTrue();

        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst1"));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst1 post Backup"));
        await ha.PostAsync("MASTER");
        ha.Speaker.Told.Should().NotContain($"{Group} post Master", "a controller does not end a drain");
        ha.Logged.Should().Contain(8098);

        await using var next = new HaHarness(NodeMovesTests.Synced(), loads: false, sync: new FakeSync());
        System.IO.File.Copy(ha.File.Path, next.File.Path);
        next.Configuration.Load();
        await next.StartAsync();
        next.Speaker.Told.Should().Contain($"{Group} post Backup");
    }

    [Fact]
    public async Task Resume_TakesNoPinAwayThatWasSetByHand_BeforeOrDuringTheDrain()
    {
        await using var ha = await StartAsync(Live());
        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst1"), HaHarness.Service("198.51.100.11", "inst2"));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst2 is Ready"));
        ha.Speaker.Groups = [Served() with { Role = HelloRole.Backup }, Served() with { Name = "inst1", Role = HelloRole.Backup, Pinned = true }];
        (await ha.Node.DrainAsync(Plain, Token)).Moves.Should().BeEmpty();
        (await ha.Node.PinAsync("inst2", Token)).Should().BeTrue();

        (await ha.Node.ResumeAsync(Token)).Outcome.Should().Be(HaMoveOutcome.Done);

        ha.Speaker.Told.Should().Contain($"{Group} unpin").And.NotContain("inst1 unpin").And.NotContain("inst2 unpin");
        ha.File.Load()!.Drain.Should().BeNull();
        (await ha.Node.ResumeAsync(Token)).Outcome.Should().Be(HaMoveOutcome.Done, "it is what was asked for");
    }

    [Fact]
    public async Task ForcedDrain_WithoutAnybodyToServe_GivesTheRoleAwayAsSoonAsSomebodyCan()
    {
        await using var ha = await StartAsync(Live());
        ha.Speaker.Decide(Group, HelloRole.Master);
        ha.Speaker.Groups = [Served() with { Peers = [new RoleGroupPeer(1, false, false, HelloRole.Listening, Readiness.Cold, 0, 0, false)] }];

        var draining = ha.Node.DrainAsync(Forced, Token);
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return draining.IsCompleted;
        });
        (await draining).Moves.Should().ContainSingle().Which.Problem.Should().Be("nobody took it in time");

        var asked = ha.Speaker.Told.Count(static t => t == $"{Group} post Backup");
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return ha.Speaker.Told.Count(static t => t == $"{Group} post Backup") > asked;
        });
    }

    private static string Text(HaMoveResult result) => string.Join("; ", result.Problems);

    private static async Task<HaHarness> StartAsync(SyncSpeakerStatus? status)
    {
        var ha = new HaHarness(NodeMovesTests.Synced(), sync: new FakeSync { Status = status });
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        ha.Sync!.Set(true);
        ha.Speaker.Groups = [Served()];
        return ha;
    }

    private static RoleGroupStatus Served() => new()
    {
        Name = Group,
        Role = HelloRole.Master,
        Source = RoleSource.Peers,
        Term = 1,
        Announces = true,
        Master = 0,
        Readiness = Readiness.Ready,
        Health = 255,
        Pinned = false,
        Withheld = [],
        Peers = [new RoleGroupPeer(1, true, true, HelloRole.Backup, Readiness.Ready, 255, 100, false)],
        AliveUntil = TimeSpan.Zero,
        AnswerUntil = TimeSpan.Zero,
        HeldUntil = TimeSpan.Zero,
        Transitions = [],
    };

    private static SyncSpeakerStatus Live(bool isLive = true, int backlog = 0)
    {
        var link = new SyncLinkStatus(null, 0, 0, isLive ? null : "gone");
        return new()
        {
            Pin = default,
            IsReady = true,
            Counters = default,
            Peers = [new SyncSpeakerPeerStatus(new SyncPeerStatus { Id = 1, IsLive = isLive, Backlog = backlog }, link, link)],
            ChangesLost = 0,
            Refusals = ImmutableDictionary<SyncRefusal, long>.Empty,
            Problems = ImmutableDictionary<SyncFrameProblem, long>.Empty,
            LocalEndPoints = [],
        };
    }
}
