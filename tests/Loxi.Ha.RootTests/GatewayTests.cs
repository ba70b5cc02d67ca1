using System.Net;
using FluentAssertions;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Transport;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>R13: a node that is cut from the gateway, and from it alone, gives its role to one that is not.</summary>
public sealed class GatewayTests
{
    private const int Fault = 16;

    public static TheoryData<string> Gateways => ["192.0.2.3", "2001:db8::3", "fe80::3"];

    [Theory]
    [MemberData(nameof(Gateways))]
    public async Task MasterIsCutFromTheGateway_TheOtherServes_AndTheReturnChangesNothing(string address)
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await using var gatewayOfA = await WatchAsync(lab, 0, a, address);
        await using var gatewayOfB = await WatchAsync(lab, 1, b, address);
        await gatewayOfA.WaitForAsync(GatewayCondition.Answers);
        await gatewayOfB.WaitForAsync(GatewayCondition.Answers);
        await b.HearMoreAsync(5);

        var cut = Now;
        lab.CutFromStranger(0);

        await gatewayOfA.WaitForAsync(GatewayCondition.Lost);
        (await ofA.WaitForAsync(static e => e.Transition?.To == HelloRole.Resign)).Transition!.Value.Cause.Should().Be(RoleCause.Fault);
        var taken = (await ofB.WaitForRoleAsync(HelloRole.Master)).Transition!.Value;
        taken.Cause.Should().Be(RoleCause.MasterResigned);
        (taken.Time - cut).Should().BeLessThan(TimeSpan.FromSeconds(2), "ha.md F10 has 1 s, on a machine with nothing else to do");
        gatewayOfB.Conditions.Should().Equal(GatewayCondition.Answers);

        ofA.Clear();
        ofB.Clear();
        lab.HealSwitch();
        await gatewayOfA.WaitForAsync(GatewayCondition.Answers, 2);
        await b.HearMoreAsync(50);
        ofA.Transitions.Where(static t => t.To == HelloRole.Master).Should().BeEmpty();
        ofB.Transitions.Should().BeEmpty();
    }

    [Fact]
    public async Task GatewayIsGoneForBoth_NothingChanges_ButAnAlarmThatEndsWithItsReturn()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await using var gatewayOfA = await WatchAsync(lab, 0, a, "192.0.2.3");
        await using var gatewayOfB = await WatchAsync(lab, 1, b, "192.0.2.3");
        await gatewayOfA.WaitForAsync(GatewayCondition.Answers);
        await gatewayOfB.WaitForAsync(GatewayCondition.Answers);

        lab.CutFromStranger(1);
        await gatewayOfB.WaitForAsync(GatewayCondition.Lost);
        await b.WaitUntilAsync(static s => s.Groups[0].Health < byte.MaxValue, "the backup says that it is worse");
        await a.HearMoreAsync(3);
        lab.CutFromStranger(0);

        await gatewayOfA.WaitForAsync(GatewayCondition.Lost);
        await ofA.WaitForAsync(static e => e is { RoleAlarm: RoleAlarm.FaultWithoutBackup, IsOver: false });
        var alarm = (await a.GroupAsync()).Alarms.Should().ContainSingle(static x => x.Alarm == RoleAlarm.FaultWithoutBackup).Subject;
        alarm.Count.Should().Be(1);
        alarm.Since.Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThan(Now);
        ofA.Transitions.Concat(ofB.Transitions).Should().BeEmpty();

        // The backup may find its gateway again before the master does, and is the healthier one then.
        lab.HealSwitch();
        await ofA.WaitForAsync(static e => e is { RoleAlarm: RoleAlarm.FaultWithoutBackup, IsOver: true });
        (await a.GroupAsync()).Alarms.Should().BeEmpty();
    }

    private static TimeSpan Now => TimeSpan.FromTicks(MonotonicClock.Nanoseconds / TimeSpan.NanosecondsPerTick);

    private static async Task<Watch> WatchAsync(HaLab lab, int node, RoleSpeaker speaker, string address)
    {
        var watch = new Watch(lab.Hosts[node].NamespacePath, speaker);
        await watch.StartAsync(new TrackedGateway(IPAddress.Parse(address), "eth0"));
        return watch;
    }

    /// <summary>What a node does: asks the gateway, and tells its roles.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

        private readonly NetworkNamespace _namespace;
        private readonly NeighbourAnnouncer _announcer;
        private readonly IDisposable _subscription;
        private readonly List<GatewayCondition> _conditions = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Watch(string namespacePath, RoleSpeaker speaker)
        {
            _namespace = NetworkNamespace.OpenPath(namespacePath);
            _announcer = new NeighbourAnnouncer(new NeighbourAnnouncerOptions { NetworkNamespace = _namespace, RealTimePriority = 5 });
            _subscription = _announcer.SubscribeGateways(status =>
            {
                _ = speaker.SetFaultAsync(HaLab.Group, Fault, status.Condition == GatewayCondition.Lost, canForward: false);
                lock (_conditions)
                {
                    _conditions.Add(status.Condition);
                    _changed.SetResult();
                    _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            });
        }

        public IReadOnlyList<GatewayCondition> Conditions
        {
            get
            {
                lock (_conditions)
                {
                    return [.. _conditions];
                }
            }
        }

        public Task StartAsync(TrackedGateway gateway) => _announcer.SetGatewaysAsync([gateway]);

        public async Task WaitForAsync(GatewayCondition condition, int times = 1)
        {
            using var limit = new CancellationTokenSource(Limit);
            while (true)
            {
                Task changed;
                lock (_conditions)
                {
                    if (_conditions.Count(c => c == condition) >= times)
                    {
                        return;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(limit.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _subscription.Dispose();
            await _announcer.DisposeAsync();
            _namespace.Dispose();
        }
    }
}
