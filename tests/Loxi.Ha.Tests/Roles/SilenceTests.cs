using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Roles;

/// <summary>R2 to R6: what a node takes for silence, and who gives way.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void R2_MasterSilent_TheBackupServesAfterThreeIntervals()
    {
        var driver = CoreDriver.Backup(out var master);
        driver.Hear(master);
        var last = driver.Now;
        master.On = false;
        driver.Run(1000);

        var promotion = driver.Transitions.Last();
        promotion.Cause.Should().Be(RoleCause.MasterSilent);
        promotion.To.Should().Be(HelloRole.Master);
        promotion.Term.Should().Be(6);
        (promotion.Time - last).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(300)).And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(300) + _tick);
        driver.Of(RoleActionKind.ProbeVips).Should().BeEmpty("VIPs are never probed on this path");
    }

    [Fact]
    public void R2_BetterBackupIsHeard_TheOtherWaitsHalfAnIntervalMore()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var better = new FakePeer(3) { Term = 5, Priority = 200 };
        var driver = new CoreDriver(CoreDriver.Settings, null, master, better);
        driver.Run(1000);
        driver.Hear(master);
        var last = driver.Now;
        master.On = false;
        driver.Run(1000);

        (driver.Transitions.Last().Time - last).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(350)).And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(350) + _tick);
    }

    [Fact]
    public void R2_APeerReportsTheMaster_NothingHappens()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var other = new FakePeer(3) { Term = 5 };
        var driver = new CoreDriver(CoreDriver.Settings, null, master, other);
        driver.Run(1000);
        other.Reports = new HeardMaster(2, 5, TimeSpan.FromMilliseconds(50));
        master.On = false;

        driver.Run(5000);
        driver.Core.Role.Should().Be(HelloRole.Backup);

        other.Reports = null;
        driver.Run(1000);
        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R2_TermsAreReservedBeforeTheyAreNeeded()
    {
        var driver = CoreDriver.Backup(out var master);
        driver.Of(RoleActionKind.ReserveTerms).Last().Action.Number.Should().BeGreaterThanOrEqualTo(5 + 8, "half of the 16 are left at least");
        driver.DiskWorks = false;
        master.On = false;

        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Alarms.Should().NotContain(RoleAlarm.TermNotDurable);
    }

    [Fact]
    public void R2_DiskThatCannotBeWritten_DoesNotKeepTheLastNodeBack()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var driver = new CoreDriver(CoreDriver.Settings, null, master) { DiskWorks = false };
        // What was reserved at the start is used up by the term that is heard.
        master.Term = 500;
        driver.Run(1000);
        master.On = false;
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Alarms.Should().Contain(RoleAlarm.TermNotDurable);
    }

    [Fact]
    public void R2_DiskThatCannotBeWritten_KeepsANodeBackThatHearsAnother()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 500 };
        var other = new FakePeer(3) { Term = 500, Priority = 1 };
        var driver = new CoreDriver(CoreDriver.Settings, null, master, other) { DiskWorks = false };
        driver.Run(1000);
        master.On = false;
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Alarms.Should().Contain(RoleAlarm.TermsMissing);

        driver.DiskWorks = true;
        driver.Run(1000);
        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    /// <summary>A HELLO may say anything; with keys only a peer's, before them anybody's.</summary>
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 1)]
    [InlineData(ulong.MaxValue - 10)]
    public void R2_GreatestTerm_IsNotFollowedByZero(ulong term)
    {
        var driver = CoreDriver.Backup(out var master, term: term);
        master.On = false;
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Core.Term.Should().BeGreaterThanOrEqualTo(term);
        driver.Of(RoleActionKind.ReserveTerms).Select(static entry => entry.Action.Number).Should().BeInAscendingOrder();
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void R2_ReportWithAnAgeThatCannotBe_IsNone(long ticks)
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var other = new FakePeer(3) { Term = 5, Priority = 1, Reports = new HeardMaster(2, 5, TimeSpan.FromTicks(ticks)) };
        var driver = new CoreDriver(CoreDriver.Settings, null, master, other);
        driver.Run(1000);
        master.On = false;
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R2_BfdDownOnTheOnlyPath_IsSilenceAtOnce()
    {
        var driver = CoreDriver.Backup(out var master);
        master.On = false;
        driver.Run(10);
        driver.Do(actions => driver.Core.PathDown(2, 0, driver.Now, driver.Now, actions));
        driver.Run(20);

        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R2_BfdDownAfterWhichAHelloCame_IsNoSilence()
    {
        var driver = CoreDriver.Backup(out _);
        var down = driver.Now;
        driver.Run(100);
        driver.Do(actions => driver.Core.PathDown(2, 0, down, driver.Now, actions));
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Transitions.Should().ContainSingle();
    }

    [Fact]
    public void R12_OneOfTwoPathsDown_ChangesNothingButTellsIt()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5, On = false };
        var driver = new CoreDriver(CoreDriver.Settings with { Paths = 2 }, null, master);
        for (var i = 0; i < 10; i++)
        {
            driver.Hear(master, 0);
            driver.Hear(master, 1);
            driver.Run(100);
        }

        for (var i = 0; i < 10; i++)
        {
            driver.Hear(master, 1);
            driver.Run(100);
        }

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Alarms.Should().ContainSingle().Which.Should().Be(RoleAlarm.PathSilent);
    }

    [Fact]
    public void R2a_SilentMaster_IsAskedAfterTwoIntervals_FiveTimes15MillisecondsApart()
    {
        var driver = CoreDriver.Backup(out var master);
        driver.Hear(master);
        var last = driver.Now;
        master.On = false;
        driver.Run(250);

        var (at, action) = driver.Of(RoleActionKind.ProbePeer).Should().ContainSingle().Which;
        (at - last).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(200)).And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(200) + _tick);
        (action.Peer, action.Number, action.After).Should().Be((2, 5, TimeSpan.FromMilliseconds(15)));
    }

    [Fact]
    public void R2a_MasterWhoseHellosAreLostButThatAnswers_KeepsItsRole()
    {
        var driver = CoreDriver.Backup(out var master);
        (master.On, master.AnswersProbes) = (false, true);

        driver.Run(10_000);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Of(RoleActionKind.ProbePeer).Should().HaveCountGreaterThan(10);
    }

    [Theory]
    [InlineData(2, HelloRole.Backup)]
    [InlineData(1, HelloRole.Master)]
    public void R3_OfTwoMasters_TheLowerStepsDownAndTheOtherRepeatsItsBurst(ulong otherTerm, HelloRole expected)
    {
        var driver = CoreDriver.Master(out var other);
        driver.Core.Term.Should().Be(1);
        // At equal terms the greater id is the better: that is 2.
        (other.Role, other.Term) = (HelloRole.Master, otherTerm == 2 ? 2UL : 0);
        driver.Run(100);
        driver.Core.Role.Should().Be(expected);
        if (expected == HelloRole.Master)
        {
            var bursts = driver.Of(RoleActionKind.Announce).Count();
            other.Role = HelloRole.Backup;
            driver.Run(100);
            driver.Of(RoleActionKind.Announce).Should().HaveCountGreaterThan(bursts);
        }
        else
        {
            driver.Transitions.Last().Cause.Should().Be(RoleCause.BetterMaster);
        }
    }

    [Fact]
    public void R4_MasterThatDoesNotHearUs_WeYieldAfterThreeHellosWhateverTheTerm()
    {
        var driver = CoreDriver.Master(out var other);
        (other.Role, other.Term, other.HearsUs) = (HelloRole.Master, 0, false);
        driver.Hear(other);
        driver.Hear(other);
        driver.Core.Role.Should().Be(HelloRole.Master);

        driver.Hear(other);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Transitions.Last().Cause.Should().Be(RoleCause.DeafYield);
    }

    [Theory]
    [InlineData(50, 400)]
    [InlineData(200, 800)]
    public void R5_NoMaster_ThePreferredServesAfterFourIntervalsAndTheNextAfterEight(byte priorityOfTheOther, int milliseconds)
    {
        var other = new FakePeer(2) { Priority = priorityOfTheOther };
        var driver = new CoreDriver(CoreDriver.Settings, null, other);
        driver.Run(510);
        driver.Core.Role.Should().Be(HelloRole.Backup);
        var from = driver.Transitions.Last().Time;

        driver.Run(1000);

        driver.Transitions.Last().Cause.Should().Be(RoleCause.NoMaster);
        (driver.Transitions.Last().Time - from).TotalMilliseconds.Should().BeInRange(milliseconds, milliseconds + 20);
    }

    /// <summary>Two real nodes that became ready within 50 ms both took the role: their windows had run out before.</summary>
    [Theory]
    [InlineData(50, 400)]
    [InlineData(200, 800)]
    public void R5_NoMaster_ANodeThatBecomesReadyWaitsForItsTurnFromThen(byte priorityOfTheOther, int milliseconds)
    {
        var driver = new CoreDriver(CoreDriver.Settings, null, new FakePeer(2) { Priority = priorityOfTheOther });
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Cold, driver.Now, actions));
        driver.Run(3000);
        driver.Core.Role.Should().Be(HelloRole.Backup);
        var from = driver.Now;

        driver.Do(actions => driver.Core.SetReadiness(Readiness.Ready, driver.Now, actions));
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Ready, driver.Now, actions));
        driver.Run(1000);

        driver.Transitions.Last().Cause.Should().Be(RoleCause.NoMaster);
        (driver.Transitions.Last().Time - from).TotalMilliseconds.Should().BeInRange(milliseconds, milliseconds + 20);
    }

    /// <summary>It began to wait anew each time: a node that was never ready for a whole window never served.</summary>
    [Theory]
    [InlineData(50, 150, 100, 400)]
    [InlineData(200, 150, 100, 800)]
    [InlineData(50, 30, 1000, 400)]
    public void R5_NoMaster_OfANodeThatIsReadyAgainAndAgain_TheTimeCountsInWhichItIs(byte priorityOfTheOther, int ready, int unready, int window)
    {
        var driver = new CoreDriver(CoreDriver.Settings, null, new FakePeer(2) { Priority = priorityOfTheOther });
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Cold, driver.Now, actions));
        driver.Run(3000);
        var counted = 0;
        while (driver.Core.Role == HelloRole.Backup && counted < 2000)
        {
            driver.Do(actions => driver.Core.SetReadiness(Readiness.Ready, driver.Now, actions));
            for (var end = driver.Now + TimeSpan.FromMilliseconds(ready); driver.Now < end && driver.Core.Role == HelloRole.Backup; counted += 10)
            {
                driver.Run(10);
            }

            if (driver.Core.Role == HelloRole.Backup)
            {
                driver.Do(actions => driver.Core.SetReadiness(Readiness.Syncing, driver.Now, actions));
                driver.Run(unready / 2);
                driver.Do(actions => driver.Core.SetReadiness(Readiness.Cold, driver.Now, actions));
                driver.Run(unready / 2);
            }
        }

        driver.Transitions.Last().Cause.Should().Be(RoleCause.NoMaster);
        counted.Should().BeInRange(window, window + 20);
    }

    [Fact]
    public void R5_NoMaster_AfterAMasterTheWindowsBeginAnewOnceMore()
    {
        var driver = CoreDriver.Backup(out var other);
        other.Role = HelloRole.Backup;
        (other.Term, other.Priority) = (0, 50);
        driver.Run(200);
        Flap(driver, 200, 250);
        other.Role = HelloRole.Master;
        driver.Run(200);
        other.Role = HelloRole.Backup;
        driver.Run(200);
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Cold, driver.Now, actions));
        driver.Run(3000);
        var from = driver.Now;
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Ready, driver.Now, actions));
        driver.Run(1000);

        driver.Transitions.Last().Cause.Should().Be(RoleCause.NoMaster);
        (driver.Transitions.Last().Time - from).TotalMilliseconds.Should().BeInRange(400, 420);
    }

    private static void Flap(CoreDriver driver, int unready, int ready)
    {
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Cold, driver.Now, actions));
        driver.Run(unready);
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Ready, driver.Now, actions));
        driver.Run(ready);
    }

    [Fact]
    public void R6_PauseShorterThanTheGates_TheMasterGoesOn()
    {
        var driver = CoreDriver.Master(out _);
        driver.Pause(250);
        driver.Run(1000);

        driver.Transitions.Where(static t => t.Cause == RoleCause.Paused).Should().BeEmpty();
        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R6_PauseLongerThanTheGates_TheMasterListensAndResumesItsTerm()
    {
        var driver = CoreDriver.Master(out _);
        driver.Pause(350);
        driver.Run(10);
        driver.Core.Role.Should().Be(HelloRole.Listening);
        driver.Core.Announces.Should().BeFalse();
        driver.Run(300);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Core.Term.Should().Be(1);
        driver.Transitions.Last().Cause.Should().Be(RoleCause.PauseOver);
    }

    [Fact]
    public void R6_AnotherServesAfterThePause_TheNodeIsBackup()
    {
        var driver = CoreDriver.Master(out var other);
        driver.Pause(5000);
        (other.Role, other.Term) = (HelloRole.Master, 2);
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Transitions.Where(static t => t.To == HelloRole.Master).Should().ContainSingle();
    }
}
