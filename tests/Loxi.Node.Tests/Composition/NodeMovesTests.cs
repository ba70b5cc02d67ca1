using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Node.Options;
using Loxi.Node.Roles;
using Loxi.Node.Tests.Ha;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>What a planned move does with packets: R8 in its order.</summary>
public sealed class NodeMovesTests
{
    private const string Group = VipGroups.Default;
    private const string There = "020000000002";
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task R8_GivingAway_PreparesThenWaitsForTheBarrier_AndEndsASecondAfterTheLastPacket()
    {
        var sync = new FakeSync();
        await using var ha = new HaHarness(Synced(), sync: sync);
        await StartAsync(ha);
        var passed = new TaskCompletionSource();
        sync.Passes = passed.Task;

        var barrier = ha.Vips.SendBarrierAsync(Group, 1);
        ha.Gates.Redirects.Should().Equal($"{Group} prepares Beginning to {There}");
        ha.Ways.Interfaces.Should().Equal("eth0");
        sync.Barriers.Should().Equal((byte)1);
        barrier.IsCompleted.Should().BeFalse();
        passed.SetResult();
        await barrier;

        // The engine has begun the redirect by now, and the gate for answers is closed.
        ha.Speaker.Tell(Change(HelloRole.Master, HelloRole.Backup, RoleCause.Switchover, 1));
        ha.Vips.DrainTo(Group, 1, Idle, Limit);
        ha.Gates.Redirects.Should().HaveCount(1, "what was prepared goes on");
        ha.Logged.Should().Contain(8092);
        ha.Gates.Silence = TimeSpan.FromMilliseconds(900);
        ha.Time.Advance(TimeSpan.FromSeconds(5));
        ha.Gates.Redirects.Should().HaveCount(1, "packets still come");
        ha.Gates.Silence = Idle;
        ha.Time.Advance(TimeSpan.FromMilliseconds(100));
        await HaHarness.UntilAsync(() => ha.Gates.Redirects.Count == 2);
        ha.Gates.Redirects.Last().Should().Be($"{Group} ends");
    }

    [Fact]
    public async Task R8_Taking_HandsBackWhatItDoesNotKnow_BeforeItAnnounces_ForThirtySecondsAtMost()
    {
        await using var ha = new HaHarness(Synced(), sync: new FakeSync());
        await StartAsync(ha);

        ha.Speaker.Tell(Change(HelloRole.Backup, HelloRole.Master, RoleCause.Switchover, 1));
        ha.Gates.Redirects.Should().Equal($"{Group} Unknown to {There}");
        ha.Gates.Silence = TimeSpan.Zero;
        ha.Time.Advance(Limit - TimeSpan.FromMilliseconds(200));
        ha.Gates.Redirects.Should().HaveCount(1);
        ha.Time.Advance(TimeSpan.FromMilliseconds(200));
        await HaHarness.UntilAsync(() => ha.Gates.Redirects.Count == 2);

        // A role that comes in another way has nobody to hand back to.
        ha.Speaker.Tell(Change(HelloRole.Master, HelloRole.Backup, RoleCause.BetterMaster, 1));
        ha.Speaker.Tell(Change(HelloRole.Backup, HelloRole.Master, RoleCause.MasterSilent, 1));
        ha.Gates.Redirects.Should().HaveCount(2);
    }

    [Fact]
    public async Task BarrierThatDoesNotPass_EndsTheMove_AndOneThatIsForcedIsNotWaitedFor()
    {
        var sync = new FakeSync { Passes = new TaskCompletionSource().Task };
        await using var ha = new HaHarness(Synced(), sync: sync);
        await StartAsync(ha);

        var barrier = ha.Vips.SendBarrierAsync(Group, 1);
        ha.Time.Advance(TimeSpan.FromSeconds(2));
        (await barrier.Awaiting(static b => b).Should().ThrowAsync<TimeoutException>()).WithMessage("node 1 has not all connections*");
        ha.Gates.Redirects.Should().EndWith([$"{Group} ends"]);

        ha.Moves.Force(Group, true);
        await ha.Vips.SendBarrierAsync(Group, 1);
        sync.Barriers.Should().HaveCount(1);
    }

    [Fact]
    public async Task SwitchoverThatFails_EndsWhatWasPrepared()
    {
        await using var ha = new HaHarness(Synced(), sync: new FakeSync());
        await StartAsync(ha);
        await ha.Vips.SendBarrierAsync(Group, 1);

        ha.Speaker.Tell(new RoleSpeakerEvent { Group = Group, RoleAlarm = RoleAlarm.SwitchoverFailed, Peer = 1 });

        ha.Gates.Redirects.Should().Equal($"{Group} prepares Beginning to {There}", $"{Group} ends");
    }

    [Fact]
    public async Task WithoutSync_NothingIsHandedOver()
    {
        await using var ha = new HaHarness();
        await StartAsync(ha);

        await ha.Vips.SendBarrierAsync(Group, 1);
        ha.Speaker.Tell(Change(HelloRole.Master, HelloRole.Backup, RoleCause.Switchover, 1));
        ha.Vips.DrainTo(Group, 1, Idle, Limit);
        ha.Speaker.Tell(Change(HelloRole.Backup, HelloRole.Master, RoleCause.Switchover, 1));

        ha.Gates.Redirects.Should().BeEmpty();
        ha.Gates.Peers.Should().BeEmpty();
    }

    [Fact]
    public async Task Leave_WaitsUntilNothingComes_AndNoLongerThanItMay()
    {
        await using var ha = new HaHarness(Synced(), sync: new FakeSync());
        await StartAsync(ha);
        await ha.Vips.SendBarrierAsync(Group, 1);
        ha.Speaker.Tell(Change(HelloRole.Master, HelloRole.Backup, RoleCause.Switchover, 1));
        ha.Vips.DrainTo(Group, 1, Idle, TimeSpan.FromDays(1));
        ha.Gates.Silence = TimeSpan.Zero;

        var leaving = ha.Node.LeaveAsync(TestContext.Current.CancellationToken);
        await HaHarness.UntilAsync(() => ha.Speaker.IsStopped);
        ha.Time.Advance(TimeSpan.FromSeconds(9));
        leaving.IsCompleted.Should().BeFalse();
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return leaving.IsCompleted;
        });

        await leaving;
        ha.Logged.Should().Contain(8095);
        ha.Gates.Redirects.Should().EndWith([$"{Group} ends"], "the programs stay behind: a redirect would too");
        ha.Announcer.IsStopped.Should().BeTrue();
    }

    [Fact]
    public async Task WhatAnEarlierRunHasLeft_Ends_AndTunnelsOfTheOthersAreTaken()
    {
        await using var ha = new HaHarness(Synced(), sync: new FakeSync());

        await ha.StartAsync();

        ha.Gates.Redirects.Should().Equal($"{Group} ends");
        ha.Gates.Peers.Should().Equal(HaHarness.Peer.Paths.Select(static p => p.PeerAddress));
    }

    [Fact]
    public async Task NoWay_IsTold_AndTheMoveGoesOn()
    {
        await using var ha = new HaHarness(Synced(), sync: new FakeSync());
        await StartAsync(ha);
        ha.Ways.Way = null;

        await ha.Vips.SendBarrierAsync(Group, 1);

        ha.Logged.Should().Contain(8094);
        ha.Gates.Redirects.Should().BeEmpty();
    }

    /// <summary>Other nodes and their pins are those of the configuration, which changes at run time, not those of the flags.</summary>
    [Fact]
    public async Task PinsThatAreTakenAway_HandNothingOver()
    {
        var sync = new FakeSync();
        await using var ha = new HaHarness(Synced(), sync: sync);
        await StartAsync(ha);
        ha.Configuration.Store(ha.Configuration.Current with { SyncPins = ha.Configuration.Current.SyncPins.Clear() });

        await ha.Vips.SendBarrierAsync(Group, 1);

        sync.Barriers.Should().BeEmpty();
        ha.Gates.Redirects.Should().BeEmpty();
    }

    /// <summary>A move that is over waits for nothing any more, and what it waited for is not taken for the next one.</summary>
    [Fact]
    public async Task BarrierOfAMoveThatIsOver_LeavesTheNextOneAlone()
    {
        var sync = new FakeSync { Passes = new TaskCompletionSource().Task };
        await using var ha = new HaHarness(Synced(), sync: sync);
        await StartAsync(ha);
        var first = ha.Vips.SendBarrierAsync(Group, 1);
        ha.Moves.End(Group);
        sync.Passes = Task.CompletedTask;

        await ha.Vips.SendBarrierAsync(Group, 1);

        (await first.Awaiting(static b => b).Should().ThrowAsync<TimeoutException>()).WithMessage("*the move ended before");
        ha.Gates.Redirects.Should().Equal($"{Group} prepares Beginning to {There}", $"{Group} ends", $"{Group} prepares Beginning to {There}");
    }

    internal static NodeOptions Synced()
    {
        var options = HaHarness.Decides();
        return options with { Ha = options.Ha with { SyncPeers = [new SyncPeerSettings(1) { Pins = [default(CertificatePin)] }] } };
    }

    internal static RoleSpeakerEvent Change(HelloRole from, HelloRole to, RoleCause cause, ushort peer) =>
        new() { Group = Group, Peer = peer, Transition = new RoleTransition(from, to, cause, 2, peer, TimeSpan.Zero) };

    /// <summary>A started node that has forgotten what was told about redirects until now.</summary>
    private static async Task StartAsync(HaHarness ha)
    {
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        ha.Gates.Redirects.Clear();
    }
}
