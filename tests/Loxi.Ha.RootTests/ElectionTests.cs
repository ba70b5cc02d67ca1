using System.Net;
using FluentAssertions;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>Nodes on real sockets agree on one that serves.</summary>
public sealed class ElectionTests
{
    public static TheoryData<string, string?, string, string?> Families => new()
    {
        { "192.0.2.2", null, "192.0.2.1", null },
        { "192.0.2.2", "eth0", "192.0.2.1", "eth0" },
        { "2001:db8::2", null, "2001:db8::1", null },
        { "fe80::2", "eth0", "fe80::1", "eth0" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public async Task TwoNodes_StartTogether_OneServes(string toB, string? linkOfA, string toA, string? linkOfB)
    {
        await using var lab = new HaLab();
        var (a, b) = (lab.Speaker(0), lab.Speaker(1));

        await a.ReadyAsync(HaLab.Node(0) with { Peers = [new RolePeer(1) { Paths = [new RolePath(IPAddress.Parse(toB)) { Interface = linkOfA }] }] });
        await b.ReadyAsync(HaLab.Node(1) with { Peers = [new RolePeer(0) { Paths = [new RolePath(IPAddress.Parse(toA)) { Interface = linkOfB }] }] });

        var master = (await a.WaitUntilAsync(static s => s.Groups[0].Master is not null, "a master is known")).Groups[0].Master!.Value;
        await b.WaitUntilAsync(s => s.Groups[0].Master == master, "both know the same");
        var roles = new[] { (await a.GroupAsync()).Role, (await b.GroupAsync()).Role };
        roles.Order().Should().Equal(HelloRole.Backup, HelloRole.Master);
        var path = (await a.WaitUntilAsync(static s => s.Peers[0].Paths[0].RoundTrip is not null, "a round trip")).Peers[0].Paths[0];
        path.RoundTrip.Should().BeLessThan(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Master_IsKilled_BackupServesAndItsGatesOpen()
    {
        await using var lab = new HaLab();
        var gates = new Gates();
        var (a, b) = (lab.Speaker(0), lab.Speaker(1, gates));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(HaLab.Node(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await b.ReadyAsync(HaLab.Node(1));
        await ofB.WaitForRoleAsync(HelloRole.Backup);
        await b.HearMoreAsync(5);
        gates.All[HaLab.Group].Answer.Should().Be(TimeSpan.Zero, "a backup answers for no VIP");
        gates.All[HaLab.Group].Alive.Should().BeGreaterThan(Now - TimeSpan.FromMilliseconds(200));

        var killed = Now;
        await a.DisposeAsync();
        var told = await ofB.WaitForRoleAsync(HelloRole.Master);

        told.Transition!.Value.Cause.Should().Be(RoleCause.MasterSilent);
        told.Transition.Value.Term.Should().BeGreaterThan(ofA.Transitions.Last().Term);
        (told.Transition.Value.Time - killed).Should().BeGreaterThan(TimeSpan.FromMilliseconds(150)).And.BeLessThan(TimeSpan.FromSeconds(2));
        gates.All[HaLab.Group].Answer.Should().BeGreaterThan(Now);
        (await b.GroupAsync()).Transitions.Should().Equal(ofB.Transitions);
    }

    [Fact]
    public async Task Master_Stops_HandsTheRoleOver()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);

        await a.StopAsync();

        await ofA.WaitForAsync(static e => e.IsStopped);
        (await ofB.WaitForRoleAsync(HelloRole.Master)).Transition!.Value.Cause.Should().BeOneOf(RoleCause.MasterResigned, RoleCause.Switchover);
    }

    [Fact]
    public async Task Returned_Node_PreemptsNobody_AndItsTermIsNotUsedAgain()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);
        await a.DisposeAsync();
        await ofB.WaitForRoleAsync(HelloRole.Master);

        var again = lab.Speaker(0);
        using var ofAgain = new Events(again);
        await again.ReadyAsync(HaLab.Node(0));

        await ofAgain.WaitForRoleAsync(HelloRole.Backup);
        (await again.GroupAsync()).Master.Should().Be(1);
        ofB.Clear();
        await b.DisposeAsync();
        var taken = (await ofAgain.WaitForRoleAsync(HelloRole.Master)).Transition!.Value;
        taken.Term.Should().BeGreaterThan(16, "the former run may have used what it had reserved");
    }

    [Fact]
    public async Task DeafMaster_ChangesNothing()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);

        lab.Deafen(0, "eth0", "eth1");
        await a.WaitUntilAsync(static s => !s.Peers[0].IsHeard, "node 0 hears nobody");
        await b.HearMoreAsync(10);

        (await a.GroupAsync()).Role.Should().Be(HelloRole.Master);
        (await b.GroupAsync()).Role.Should().Be(HelloRole.Backup);
        ofA.Transitions.Should().BeEmpty();
        ofB.Transitions.Should().BeEmpty();
    }

    [Fact]
    public async Task DeafBackup_TakesOver_AndTheOtherYields()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);

        lab.Deafen(1, "eth0", "eth1");

        var taken = (await ofB.WaitForRoleAsync(HelloRole.Master)).Transition!.Value;
        var yielded = (await ofA.WaitForRoleAsync(HelloRole.Backup)).Transition!.Value;
        yielded.Cause.Should().BeOneOf(RoleCause.DeafYield, RoleCause.BetterMaster);
        (yielded.Time - taken.Time).Should().BeLessThan(TimeSpan.FromMilliseconds(700), "ha.md section 6: two masters at most 0.7 s");
        await a.HearMoreAsync(10);
        (await b.GroupAsync()).Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public async Task OnePathOfTwoIsCut_ChangesNothing_AndIsSaid()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);

        lab.Deafen(1, "eth0");

        await ofB.WaitForAsync(static e => e.RoleAlarm == RoleAlarm.PathSilent);
        await a.HearMoreAsync(5);
        ofA.Transitions.Should().BeEmpty();
        ofB.Transitions.Should().BeEmpty();
    }

    [Fact]
    public async Task ThreeNodes_MasterIsKilled_OneOfTheOthersServes()
    {
        await using var lab = new HaLab(3);
        var speakers = Enumerable.Range(0, 3).Select(n => lab.Speaker(n)).ToArray();
        var events = speakers.Select(static s => new Events(s)).ToArray();
        for (var n = 0; n < 3; n++)
        {
            await speakers[n].ReadyAsync(HaLab.Node(n, 3));
            await events[n].WaitForRoleAsync(n == 0 ? HelloRole.Master : HelloRole.Backup);
        }

        await speakers[2].HearMoreAsync(5);
        await speakers[0].DisposeAsync();

        var one = await speakers[1].WaitUntilAsync(static s => s.Groups[0].Master is 1 or 2, "one of the others serves");
        await speakers[2].WaitUntilAsync(s => s.Groups[0].Master == one.Groups[0].Master, "both know the same");
        events[1].Transitions.Concat(events[2].Transitions).Count(static t => t.To == HelloRole.Master).Should().Be(1);
    }

    private static TimeSpan Now => TimeSpan.FromTicks(MonotonicClock.Nanoseconds / TimeSpan.NanosecondsPerTick);
}
