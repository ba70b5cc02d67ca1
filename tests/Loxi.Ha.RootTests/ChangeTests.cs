using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Core.Failures;
using Loxi.Ha.Roles;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Engine;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>Settings, links, disks and signals that change while nodes run.</summary>
public sealed class ChangeTests
{
    [Fact]
    public async Task PeerAndGroup_AreAddedAndRemoved_WithoutAChangeOfTheOthers()
    {
        await using var lab = new HaLab(3);
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        var c = lab.Speaker(2);
        using var ofC = new Events(c);

        await a.SetAsync(HaLab.Node(0, 3) with { Groups = [new RoleGroup(HaLab.Group), new RoleGroup("second")] });
        await b.SetAsync(HaLab.Node(1, 3));
        await c.ReadyAsync(HaLab.Node(2, 3));
        await ofC.WaitForRoleAsync(HelloRole.Backup);
        await ofA.WaitForRoleAsync(HelloRole.Master, "second");
        (await c.GroupAsync()).Master.Should().Be(0);

        await c.DisposeAsync();
        await a.SetAsync(HaLab.Node(0));
        await b.SetAsync(HaLab.Node(1));
        await b.HearMoreAsync(10);

        ofA.Seen.Where(static e => e.Group == HaLab.Group && e.Transition is not null).Should().BeEmpty();
        ofB.Transitions.Should().BeEmpty();
        var status = await a.ReadStatusAsync();
        status.Peers.Should().ContainSingle();
        status.Groups.Should().ContainSingle();
    }

    [Fact]
    public async Task PeerThatIsTakenAway_TakesItsAlarmsAlong()
    {
        await using var lab = new HaLab(3);
        var a = lab.Speaker(0);
        using var ofA = new Events(a);
        var missing = new RolePath(HaLab.First(2)) { LocalAddress = HaLab.First(0), Interface = "eth9" };
        var authentication = KeyTests.Enforced;

        await a.ReadyAsync(HaLab.Node(0) with { Authentication = authentication, Peers = [HaLab.Peer(0, 1), new RolePeer(2) { Paths = [missing] }] });
        await ofA.WaitForAsync(HelloAlarm.SendFailed);
        (await a.ReadStatusAsync()).Alarms.Select(static alarm => alarm.Alarm).Should().BeEquivalentTo([HelloAlarm.SinglePath, HelloAlarm.SendFailed]);
        await a.SetAsync(HaLab.Node(0) with { Authentication = authentication });

        await ofA.WaitForAsync(HelloAlarm.SinglePath, isOver: true);
        await ofA.WaitForAsync(HelloAlarm.SendFailed, isOver: true);
        (await a.ReadStatusAsync()).Alarms.Should().BeEmpty();
    }

    [Fact]
    public async Task Interface_MadeAnew_IsFound()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);

        lab.Hosts[0].Ip("link del eth1");
        await ofA.WaitForAsync(HelloAlarm.SendFailed);
        lab.Hosts[0].Ip("link add eth1 type veth peer name back");
        lab.Hosts[0].SetUp("eth1", true);
        lab.Hosts[0].SetUp("back", true);
        lab.Hosts[0].AddAddress("eth1", $"{HaLab.Second(0)}/24");

        await ofA.WaitForAsync(HelloAlarm.SendFailed, isOver: true);
        ofA.Transitions.Should().BeEmpty();
        (await b.GroupAsync()).Role.Should().Be(HelloRole.Backup);
    }

    [Fact]
    public async Task StateThatCannotBeWritten_BlocksNobody_AndIsSaid()
    {
        await using var lab = new HaLab();
        await File.WriteAllTextAsync(lab.StateOf(0), "in the way", TestContext.Current.CancellationToken);
        var a = lab.Speaker(0);
        using var ofA = new Events(a);

        await a.ReadyAsync(HaLab.Node(0));

        await ofA.WaitForAsync(HelloAlarm.StateUnwritable);
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await ofA.WaitForAsync(static e => e.RoleAlarm == RoleAlarm.TermNotDurable);
        (await a.ReadStatusAsync()).Alarms.Should().Contain(static alarm => alarm.Alarm == HelloAlarm.StateUnwritable);
    }

    [Fact]
    public async Task BfdDown_ThatAnybodyCanHaveSaid_IsNoSign()
    {
        await using var lab = new HaLab();
        var failures = new Failures();
        var (a, b) = (lab.Speaker(0), lab.Speaker(1, failures: failures));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(HaLab.Node(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await b.ReadyAsync(HaLab.Node(1));
        await ofB.WaitForRoleAsync(HelloRole.Backup);
        await b.HearMoreAsync(3);
        lab.Deafen(1, "eth0", "eth1");

        failures.Tell(new PeerReachability(HaLab.First(0), null, ReachabilityState.Down, false));
        failures.Tell(new PeerReachability(HaLab.Second(0), null, ReachabilityState.Unknown, false) { IsTrusted = true });
        (await b.GroupAsync()).Role.Should().Be(HelloRole.Backup, "nothing is silent yet");
        failures.Tell(new PeerReachability(HaLab.First(0), null, ReachabilityState.Down, false) { IsTrusted = true });
        failures.Tell(new PeerReachability(HaLab.Second(0), "eth1", ReachabilityState.Down, false) { IsTrusted = true });

        (await ofB.WaitForRoleAsync(HelloRole.Master)).Transition!.Value.Cause.Should().Be(RoleCause.MasterSilent);
    }

    [Fact]
    public async Task BfdDown_OfBeforeTheLastHello_IsNoSign()
    {
        await using var lab = new HaLab();
        var failures = new Failures();
        var (a, b) = (lab.Speaker(0), lab.Speaker(1, failures: failures));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(HaLab.Node(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        var before = MonotonicClock.Nanoseconds;
        await b.ReadyAsync(HaLab.Node(1));
        await ofB.WaitForRoleAsync(HelloRole.Backup);
        await b.HearMoreAsync(3);

        failures.Tell(new PeerReachability(HaLab.First(0), null, ReachabilityState.Down, false) { IsTrusted = true, Time = before });
        failures.Tell(new PeerReachability(HaLab.Second(0), null, ReachabilityState.Down, false) { IsTrusted = true, Time = before });
        await b.HearMoreAsync(3);

        (await b.GroupAsync()).Role.Should().Be(HelloRole.Backup);
        ofB.Transitions.Should().OnlyContain(static t => t.To != HelloRole.Master);
    }

    [Fact]
    public async Task PortInUse_IsNamed()
    {
        await using var lab = new HaLab();
        using var socket = lab.Hosts[0].CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, HelloPort.Number));

        var act = () => lab.Speaker(0).SetAsync(HaLab.Node(0));

        (await act.Should().ThrowAsync<InvalidRoleSpeakerSettingsException>()).Which.Message.Should().Contain("22112").And.Contain("no other process");
    }

    private sealed class Failures : IFailureDetector
    {
        private Action<PeerReachability>? _listener;

        public IDisposable Subscribe(Action<PeerReachability> listener)
        {
            _listener = listener;
            return new Subscription();
        }

        public void Tell(PeerReachability told) => _listener!(told);

        private sealed class Subscription : IDisposable
        {
            public void Dispose()
            {
                // One listener.
            }
        }
    }
}
