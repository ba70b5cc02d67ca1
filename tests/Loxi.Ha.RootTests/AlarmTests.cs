using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Transport;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>What an operator sees of alarms while they last, between real nodes.</summary>
public sealed class AlarmTests
{
    [Fact]
    public async Task TwoNodesWithOneId_AreNamed_AndTheAlarmIsOverWhenOneIsGone()
    {
        await using var lab = new HaLab();
        var (a, twin) = (lab.Speaker(0), lab.Speaker(1));
        using var ofA = new Events(a);
        await a.ReadyAsync(HaLab.Node(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        ofA.Clear();

        await twin.ReadyAsync(HaLab.Node(1) with { NodeId = 0, Peers = [HaLab.Peer(1, 0) with { NodeId = 1 }] });

        await ofA.WaitForAsync(HelloAlarm.DuplicateNodeId);
        var alarm = (await a.ReadStatusAsync()).Alarms.Should().ContainSingle(static x => x.Alarm == HelloAlarm.DuplicateNodeId).Subject;
        alarm.Peer.Should().Be(1);
        alarm.Text.Should().Contain("has the number of this one").And.MatchRegex("192.0.2.2|198.51.100.2");
        alarm.Since.Should().BeGreaterThan(TimeSpan.Zero);
        ofA.Transitions.Should().BeEmpty("a node with the same number is none of the others");
        var later = await a.WaitUntilAsync(static s => s.Alarms.Any(static x => x is { Alarm: HelloAlarm.DuplicateNodeId, Count: >= 2 }), "it is told each second");
        later.Alarms.Single(static x => x.Alarm == HelloAlarm.DuplicateNodeId).Since.Should().Be(alarm.Since, "it is the same alarm");

        await twin.DisposeAsync();
        await a.WaitUntilAsync(static s => s.Alarms.All(static x => x.Alarm != HelloAlarm.DuplicateNodeId), "the alarm is over");
    }

    [Fact]
    public async Task PathSilentAndConfigDiffers_LastAndEnd()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);

        lab.Deafen(1, "eth0");
        await a.SetQualityAsync(HaLab.Group, 255, 7);
        await ofB.WaitForAsync(static e => e is { RoleAlarm: RoleAlarm.PathSilent, IsOver: false });
        await ofB.WaitForAsync(static e => e is { RoleAlarm: RoleAlarm.ConfigDiffers, IsOver: false });
        (await b.GroupAsync()).Alarms.Select(static x => (x.Alarm, x.Peer, x.Count)).Should().Equal((RoleAlarm.PathSilent, (ushort?)0, 1), (RoleAlarm.ConfigDiffers, (ushort?)0, 1));

        lab.Heal(1);
        await a.SetQualityAsync(HaLab.Group, 255, 0);
        await ofB.WaitForAsync(static e => e is { RoleAlarm: RoleAlarm.PathSilent, IsOver: true });
        await ofB.WaitForAsync(static e => e is { RoleAlarm: RoleAlarm.ConfigDiffers, IsOver: true });
        (await b.GroupAsync()).Alarms.Should().BeEmpty();
    }

    [Fact]
    public async Task ClocksOfNodes_AreCompared()
    {
        await using var lab = new HaLab();
        var (_, b) = await lab.PairAsync();

        var status = await b.WaitUntilAsync(static s => s.Peers[0].ClockOffset is not null, "the other one's clock is known");

        status.Peers[0].ClockOffset.Should().BeCloseTo(TimeSpan.Zero, TimeSpan.FromMilliseconds(200), "both are on this machine");
    }

    [Fact]
    public async Task Witness_OnlyWhoHasTheLeaseServes_AndStepsDownBeforeItEnds()
    {
        await using var lab = new HaLab();
        var witness = new OneLease();
        var (a, b) = (lab.Speaker(0, witness: witness), lab.Speaker(1, witness: witness));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(HaLab.Node(0));
        await b.ReadyAsync(HaLab.Node(1));
        await a.HearMoreAsync(20);
        ofA.Transitions.Concat(ofB.Transitions).Where(static t => t.To == HelloRole.Master).Should().BeEmpty("the witness grants nothing");
        witness.Questions.Should().BeGreaterThan(0);

        witness.Holder = 1;
        var taken = (await ofB.WaitForRoleAsync(HelloRole.Master)).Transition!.Value;
        await b.HearMoreAsync(20);
        (await b.GroupAsync()).Role.Should().Be(HelloRole.Master, "the lease is renewed");
        (await a.GroupAsync()).Role.Should().Be(HelloRole.Backup);

        // It is not refused, which would end the role at once: nobody answers.
        var silence = witness.FallSilent();
        witness.Holder = 0;
        var lost = (await ofB.WaitForAsync(e => e.Transition is { From: HelloRole.Master } t && t.Time > taken.Time)).Transition!.Value;
        lost.Cause.Should().Be(RoleCause.WitnessLost);
        lost.Time.Should().BeCloseTo(witness.LastGrant - OneLease.Margin, TimeSpan.FromMilliseconds(300), "it stops a margin before the end");
        silence.SetResult(TimeSpan.Zero);
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await witness.Released.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    /// <summary>Grants three seconds to one node. The margin is the default.</summary>
    private sealed class OneLease : IRoleWitness
    {
        public static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
        private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);
        private long _lastGrant;
        private int _holder = -1;
        private int _questions;
        private TaskCompletionSource<TimeSpan>? _silence;

        public int Holder { set => Volatile.Write(ref _holder, value); }

        public int Questions => Volatile.Read(ref _questions);

        /// <summary>The end of the last lease of node 1.</summary>
        public TimeSpan LastGrant => TimeSpan.FromTicks(Volatile.Read(ref _lastGrant));

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>From now on node 1 has no answer until it is given.</summary>
        public TaskCompletionSource<TimeSpan> FallSilent()
        {
            var silence = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _silence, silence);
            return silence;
        }

        public Task<TimeSpan> AcquireAsync(string group, ushort nodeId)
        {
            Interlocked.Increment(ref _questions);
            if (nodeId == 1 && Volatile.Read(ref _silence) is { } silence)
            {
                return silence.Task;
            }

            if (nodeId != Volatile.Read(ref _holder))
            {
                return Task.FromResult(TimeSpan.Zero);
            }

            var until = TimeSpan.FromTicks(MonotonicClock.Nanoseconds / TimeSpan.NanosecondsPerTick) + Length;
            if (nodeId == 1)
            {
                Volatile.Write(ref _lastGrant, until.Ticks);
            }

            return Task.FromResult(until);
        }

        public Task ReleaseAsync(string group, ushort nodeId)
        {
            Released.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
