using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Roles;

/// <summary>What the simulator has found in the core.</summary>
public sealed class FoundBySimulationTests
{
    private static readonly TimeSpan _start = TimeSpan.FromSeconds(1000);
    private static readonly RoleSettings _settings = new() { NodeId = CoreDriver.Own, Peers = [2, 3] };
    private readonly List<RoleAction> _actions = [];

    [Fact]
    public void NextDeadline_WhileAPromotionWaits_IsLater()
    {
        // The thread of HELLO ran without a rest until the probe had ended.
        var core = AloneAndProbing(out var now);

        core.NextDeadline(now).Should().BeGreaterThan(now);
    }

    [Fact]
    public void R6_AllThatWaitsIsHeard_BeforeAnythingIsDecided()
    {
        // It served on the first of two HELLOs, an old one; the second was of a master.
        var core = AloneAndProbing(out var now);
        var waking = now + TimeSpan.FromSeconds(3);
        core.Receive(new FakePeer(2).Say(CoreDriver.Own, 1), 0, now + TimeSpan.FromSeconds(1), waking, _actions);
        core.Role.Should().Be(HelloRole.Backup);
        core.Receive(new FakePeer(3) { Role = HelloRole.Master, Term = 7 }.Say(CoreDriver.Own, 1), 0, waking, waking, _actions);
        core.Tick(waking, _actions);

        core.Role.Should().Be(HelloRole.Backup);
    }

    [Fact]
    public void R6_AnOfferThatWaitedThroughAPause_IsNotTaken()
    {
        var driver = CoreDriver.Backup(out var master);
        var sent = driver.Now;
        driver.Pause(1500);
        master.HandsOverTo = CoreDriver.Own;
        driver.Do(actions => driver.Core.Receive(master.Say(CoreDriver.Own, 9), 0, sent, driver.Now, actions));

        driver.Core.Role.Should().Be(HelloRole.Backup);
    }

    [Fact]
    public void R6_ANewMasterThatPausesBeforeItAnnounces_Listens()
    {
        // Its gates were open, and have closed; it opened them again and announced.
        var driver = CoreDriver.Backup(out var master);
        master.HandsOverTo = CoreDriver.Own;
        driver.Hear(master);
        driver.Core.Announces.Should().BeFalse();
        driver.Pause(350);
        driver.Do(actions => driver.Core.Tick(driver.Now, actions));

        driver.Core.Role.Should().Be(HelloRole.Listening);
        driver.Of(RoleActionKind.Announce).Should().BeEmpty();
    }

    [Fact]
    public void R6_TwoMastersWakeTogether_TheOneOfTheLaterTermResumes()
    {
        // Both had stood still, one after the other; both resumed.
        var driver = CoreDriver.Master(out var other);
        (other.Role, other.Term) = (HelloRole.Listening, 2);
        driver.Pause(3000);
        driver.Run(250);

        driver.Core.Role.Should().Be(HelloRole.Backup);
    }

    [Fact]
    public void R2_OneOfSeveralBackups_WaitsForTheBetterWhenAReportEnds()
    {
        // Two backups took the role in the same instant when a third no longer reported the master.
        var better = new FakePeer(3) { Term = 5 };
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var driver = new CoreDriver(CoreDriver.Settings, null, master, better);
        driver.Run(1000);
        master.On = false;
        for (var i = 0; i < 8; i++)
        {
            better.Reports = new HeardMaster(2, 5, TimeSpan.Zero);
            driver.Run(100);
        }

        better.Reports = null;
        driver.Hear(better);
        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Run(70);

        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R2_ABackupWithoutATermOnDisk_IsNotReadyForOthers_AndNobodyWaitsForEver()
    {
        var other = new FakePeer(2);
        var driver = new CoreDriver(CoreDriver.Settings, null, other) { DiskWorks = false };
        driver.Core.Describe(1, driver.Now).Readiness.Should().Be(Readiness.Ready, "the disk answered at the start");
        driver.Do(actions => driver.Core.Receive(new FakePeer(2) { Term = 40, Sequence = 100 }.Say(CoreDriver.Own, 9), 0, driver.Now, driver.Now, actions));
        other.Sequence = 200;
        driver.Core.Describe(1, driver.Now).Readiness.Should().Be(Readiness.Syncing);
        driver.Run(1900);
        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Alarms.Should().Contain(RoleAlarm.TermsMissing);
        driver.Run(700);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Alarms.Should().Contain(RoleAlarm.TermNotDurable);
    }

    [Fact]
    public void R2_BfdSaysThatAMasterIsGone_TheOthersAreToldAtOnce()
    {
        // They waited for its next HELLO, each for another time, and two served.
        var driver = CoreDriver.Backup(out _);
        var before = driver.Of(RoleActionKind.SendHello).Count();
        driver.Run(10);
        driver.Do(actions => driver.Core.PathDown(2, 0, driver.Now, driver.Now, actions));

        driver.Of(RoleActionKind.SendHello).Count().Should().BeGreaterThan(before);
        driver.Of(RoleActionKind.SendHello).Last().At.Should().Be(driver.Now);
    }

    [Fact]
    public void R1_AVipAnswersForADeadMaster_IsProbedAgainWhenItsGatesHaveClosed()
    {
        // A node that was not ready waited for 5 s.
        var driver = CoreDriver.Backup(out var master);
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Cold, driver.Now, actions));
        driver.Answering = [System.Net.IPAddress.Parse("192.0.2.1")];
        master.On = false;
        driver.Run(400);
        driver.Of(RoleActionKind.ProbeVips).Should().ContainSingle();
        driver.Answering = [];
        driver.Run(350);

        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(191, false)]
    public void R8_ALessHealthyNode_GetsTheRoleNeitherByOrderNorByClaim(int health, bool gets)
    {
        // R13 took it back at once.
        var driver = CoreDriver.Master(out var backup);
        (backup.Health, backup.Claims) = ((byte)health, true);
        driver.Hear(backup);
        driver.Of(RoleActionKind.SendBarrier).Any().Should().Be(gets);

        driver = CoreDriver.Master(out backup);
        backup.Health = (byte)health;
        driver.Hear(backup);
        var begun = false;
        driver.Do(actions => begun = driver.Core.Switchover(2, driver.Now, actions));
        begun.Should().Be(gets);
    }

    [Theory]
    [InlineData(true, HelloRole.Resign)]
    [InlineData(false, HelloRole.Master)]
    public void R13_ABackupThatDoesNotHearTheMaster_IsPassedOver(bool hears, HelloRole role)
    {
        // The role was offered to it for two seconds, while another one could have taken it.
        var driver = CoreDriver.Master(out var backup);
        backup.HearsUs = hears;
        driver.Run(200);
        driver.Do(actions => driver.Core.SetFault(1, true, false, driver.Now, actions));
        driver.Run(100);

        driver.Core.Role.Should().Be(role);
    }

    [Theory]
    [InlineData(3, 5, 200, 50, 60)]
    [InlineData(3, 1, 100, 50, 60)]
    [InlineData(CoreDriver.Own, 5, 200, 0, 0)]
    public void R13_OfSeveralBackups_TheOneThatTheMasterNamesTakesTheRole(int named, int otherTerm, int otherPriority, int least, int most)
    {
        // Two took it within 4 ms: each knew an old term of the other, and so was the best by what it knew.
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var other = new FakePeer(3) { Term = (ulong)otherTerm, Priority = (byte)otherPriority };
        var driver = new CoreDriver(CoreDriver.Settings, null, master, other);
        driver.Run(1000);
        (master.Role, master.HandsOverTo) = (HelloRole.Resign, (ushort)named);
        var resigned = driver.Now;
        driver.Hear(master);
        driver.Run(200);

        (driver.Transitions.Single(static t => t.To == HelloRole.Master).Time - resigned).TotalMilliseconds.Should().BeInRange(least, most);
    }

    [Fact]
    public void R13_AMasterThatResigns_NamesTheBestBackup_AndNobodyLater()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.SetFault(1, true, false, driver.Now, actions));
        driver.Run(100);
        driver.Core.Role.Should().Be(HelloRole.Resign);
        driver.Core.Describe(1, driver.Now).HandsOverTo.Should().Be(2);
        driver.Run(300);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Core.Describe(1, driver.Now).HandsOverTo.Should().BeNull();
    }

    [Fact]
    public void R10_ALeaseGivenBack_IsNotUsedAgain()
    {
        // Who had resigned served again as long as its old lease would have lasted, beside the new holder.
        var driver = CoreDriver.Master(out var other, CoreDriver.Settings with { Witness = true }, static d => d.Lease = TimeSpan.FromMinutes(1));
        driver.Lease = TimeSpan.Zero;
        (other.Role, other.Term) = (HelloRole.Master, 9);
        driver.Run(200);
        driver.Core.Role.Should().Be(HelloRole.Backup);
        other.On = false;
        driver.Run(3000);

        driver.Core.Role.Should().Be(HelloRole.Backup);
    }

    [Fact]
    public void R10_AfterAPauseTheLeaseIsOver_NothingIsAnnounced()
    {
        var driver = CoreDriver.Master(out var other, CoreDriver.Settings with { Witness = true }, static d => d.Lease = TimeSpan.FromSeconds(4));
        driver.Lease = TimeSpan.Zero;
        other.On = false;
        driver.Pause(5000);
        var before = driver.Of(RoleActionKind.Announce).Count();
        driver.Run(2000);

        driver.Transitions.Last().Cause.Should().Be(RoleCause.WitnessLost);
        driver.Of(RoleActionKind.Announce).Should().HaveCount(before);
    }

    [Fact]
    public void R10_ARestart_DoesNotResumeWithALeaseItDoesNotKnow()
    {
        var memory = new RoleMemory { Ceiling = 16, Term = 5, PinnedTerm = 5, PinnedNodeId = CoreDriver.Own, PinnedAnswerUntil = _start + TimeSpan.FromMilliseconds(200) };
        var driver = new CoreDriver(CoreDriver.Settings with { Witness = true }, memory, new FakePeer(2));

        driver.Core.Role.Should().Be(HelloRole.Listening);
    }

    [Fact]
    public void R10_AMarginShorterThanTheGatesStayOpen_IsRefused()
    {
        var act = static () => new RoleCore(CoreDriver.Settings with { Witness = true, Peers = [2], Interval = TimeSpan.FromMilliseconds(700) }, 1);

        act.Should().Throw<ArgumentException>().WithMessage("*WitnessMargin*00:00:02.1*");
    }

    private RoleCore AloneAndProbing(out TimeSpan now)
    {
        var core = new RoleCore(_settings, 1);
        core.Start(new RoleMemory(), _start, _actions);
        core.SetReadiness(Readiness.Ready, _start, _actions);
        now = _start;
        for (var i = 0; i < 6; i++)
        {
            now += TimeSpan.FromMilliseconds(100);
            core.Tick(now, _actions);
        }

        _actions.Should().Contain(static a => a.Kind == RoleActionKind.ProbeVips);
        return core;
    }
}
