using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Roles;

/// <summary>R8, R9, R13: planned moves, damping, faults of the own node.</summary>
public sealed class HandoverTests
{
    [Fact]
    public void R8_ABetterBackup_TakesNothingFromAHealthyMaster()
    {
        var driver = CoreDriver.Master(out var backup);
        (backup.Priority, backup.Term) = (255, 1);
        driver.Run(60_000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Of(RoleActionKind.SendBarrier).Should().BeEmpty();
    }

    [Fact]
    public void R8_Switchover_BarrierThenOffer_AndTheOldOneDrainsWhenTheNewOneServes()
    {
        var driver = CoreDriver.Master(out var backup);
        var accepted = false;
        driver.Do(actions => accepted = driver.Core.Switchover(2, driver.Now, actions));
        accepted.Should().BeTrue();
        driver.Of(RoleActionKind.SendBarrier).Should().ContainSingle().Which.Action.Peer.Should().Be(2);
        driver.Core.Describe(1, driver.Now).HandsOverTo.Should().Be(2);
        driver.Core.Announces.Should().BeTrue("the old one serves until the new one does");

        (backup.Role, backup.Term) = (HelloRole.Master, 2);
        driver.Hear(backup);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Transitions.Last().Cause.Should().Be(RoleCause.Switchover);
        var drain = driver.Of(RoleActionKind.DrainTo).Should().ContainSingle().Which.Action;
        (drain.Peer, drain.After, drain.Limit).Should().Be((2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)));
        driver.Of(RoleActionKind.StopAnnouncing).Should().ContainSingle();
    }

    [Fact]
    public void R8_OfferHeard_TheNewOneOpensItsGatesFirstAndAnnouncesWhenTheOldOneHasGivenWay()
    {
        var driver = CoreDriver.Backup(out var master);
        master.HandsOverTo = CoreDriver.Own;
        driver.Hear(master);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Transitions.Last().Cause.Should().Be(RoleCause.Switchover);
        driver.Of(RoleActionKind.Announce).Should().BeEmpty();
        driver.Of(RoleActionKind.SetGates).Last().Action.AnswerUntil.Should().BeGreaterThan(driver.Now);

        (master.Role, master.HandsOverTo) = (HelloRole.Backup, null);
        driver.Hear(master);

        driver.Of(RoleActionKind.Announce).Should().ContainSingle();
    }

    [Fact]
    public void R8_TheNewOneDoesNotTakeIt_TheOldOneGoesOnAndSaysSo()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.Switchover(2, driver.Now, actions));
        driver.Run(2100);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Alarms.Should().Contain(RoleAlarm.SwitchoverFailed);
        driver.Core.Describe(1, driver.Now).HandsOverTo.Should().BeNull();
    }

    [Theory]
    [InlineData(Readiness.Syncing, true)]
    [InlineData(Readiness.Ready, false)]
    public void R8_PeerThatIsNotReadyOrNotHeard_IsRefused(Readiness readiness, bool isHeard)
    {
        var driver = CoreDriver.Master(out var backup);
        (backup.Readiness, backup.On) = (readiness, isHeard);
        driver.Run(1000);

        driver.Do(actions => driver.Core.Switchover(2, driver.Now, actions).Should().BeFalse());
        driver.Of(RoleActionKind.SendBarrier).Should().BeEmpty();
    }

    [Fact]
    public void R8_PostedMaster_AsksTheMasterForTheRole_AndWithoutAMasterTakesIt()
    {
        var driver = CoreDriver.Backup(out var master);
        driver.Do(actions => driver.Core.Post(PostedRole.Master, driver.Now, actions));
        driver.Core.Describe(1, driver.Now).Claims.Should().BeTrue();
        driver.Core.Role.Should().Be(HelloRole.Backup);

        master.HandsOverTo = CoreDriver.Own;
        driver.Run(100);
        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R8_PostedBackup_IsAPinThatIsKept_AndDoesNotHoldWhenNobodyElseIsThere()
    {
        var driver = CoreDriver.Backup(out var master);
        driver.Do(actions => driver.Core.Post(PostedRole.Backup, driver.Now, actions));
        driver.Core.Pinned.Should().BeTrue();
        driver.Of(RoleActionKind.RememberPin).Should().ContainSingle().Which.Action.Number.Should().Be(1);

        master.Role = HelloRole.Backup;
        driver.Run(5000);
        driver.Core.Role.Should().Be(HelloRole.Backup, "another node is there to serve");

        master.On = false;
        driver.Run(1000);
        driver.Core.Role.Should().Be(HelloRole.Master);
    }

    [Fact]
    public void R9_AfterThreeChangesInAMinute_PlannedOnesWaitAndSilenceDoesNot()
    {
        var driver = CoreDriver.Master(out var other);
        (other.Role, other.Term) = (HelloRole.Master, 10);
        driver.Run(100);
        other.On = false;
        driver.Run(1000);
        driver.Core.Role.Should().Be(HelloRole.Master);
        (other.Role, other.On) = (HelloRole.Backup, true);
        driver.Run(500);

        driver.Do(actions => driver.Core.Switchover(2, driver.Now, actions).Should().BeFalse());
        driver.Alarms.Should().Contain(RoleAlarm.Damped);
        driver.Core.HeldUntil.Should().BeCloseTo(driver.Transitions.Last().Time + TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(1));

        driver.Run(6000);
        driver.Do(actions => driver.Core.Switchover(2, driver.Now, actions).Should().BeTrue());
    }

    [Fact]
    public void R13_FaultThatStopsForwarding_WithABackup_ThreeHellosSayResign()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.SetFault(1, down: true, canForward: false, driver.Now, actions));
        driver.Run(30);
        driver.Core.Role.Should().Be(HelloRole.Master, "a fault counts after 50 ms");
        driver.Run(40);

        driver.Core.Role.Should().Be(HelloRole.Resign);
        driver.Core.Announces.Should().BeFalse();
        driver.Transitions.Last().Cause.Should().Be(RoleCause.Fault);
        var from = driver.Log.FindIndex(static entry => entry.Action is { Kind: RoleActionKind.Transition, Transition.To: HelloRole.Resign });
        driver.Run(400);
        driver.Core.Role.Should().Be(HelloRole.Backup);
        var end = driver.Log.FindLastIndex(static entry => entry.Action is { Kind: RoleActionKind.Transition, Transition.Cause: RoleCause.Resigned });
        driver.Log[from..end].Count(static entry => entry.Action.Kind == RoleActionKind.SendHello).Should().Be(3);
    }

    [Fact]
    public void R13_FaultButTheNodeCanForward_IsAPlannedMove()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.SetFault(1, down: true, canForward: true, driver.Now, actions));
        driver.Run(100);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Of(RoleActionKind.SendBarrier).Should().ContainSingle();
    }

    [Fact]
    public void R13_NoHealthierBackup_OnlyAnAlarm()
    {
        var driver = CoreDriver.Master(out var backup);
        backup.Health = 10;
        driver.Run(100);
        driver.Do(actions => driver.Core.SetFault(1, down: true, canForward: false, driver.Now, actions));
        driver.Run(5000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Alarms.Should().ContainSingle().Which.Should().Be(RoleAlarm.FaultWithoutBackup);
    }

    [Fact]
    public void R13_FaultOfAMoment_IsNone()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.SetFault(1, down: true, canForward: false, driver.Now, actions));
        driver.Run(30);
        driver.Do(actions => driver.Core.SetFault(1, down: false, canForward: false, driver.Now, actions));
        driver.Run(5000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Transitions.Where(static t => t.To == HelloRole.Resign).Should().BeEmpty();
    }

    [Fact]
    public void R13_ResignHeard_TheBackupServesAtOnce()
    {
        var driver = CoreDriver.Backup(out var master);
        master.Role = HelloRole.Resign;
        driver.Hear(master);
        driver.Run(10);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Transitions.Last().Cause.Should().Be(RoleCause.MasterResigned);
    }

    [Fact]
    public void R13_Stop_WithoutABackup_ResignsAllTheSame()
    {
        var driver = CoreDriver.Master(out var backup);
        backup.On = false;
        driver.Run(1000);
        driver.Do(actions => driver.Core.Stop(driver.Now, actions));
        driver.Core.Role.Should().Be(HelloRole.Resign);
        driver.Run(1000);

        driver.Of(RoleActionKind.Stopped).Should().ContainSingle();
        driver.Core.Announces.Should().BeFalse();
    }

    [Fact]
    public void R13_Stop_WithABackup_IsOverWhenTheOtherServes()
    {
        var driver = CoreDriver.Master(out var backup);
        driver.Do(actions => driver.Core.Stop(driver.Now, actions));
        driver.Run(500);
        driver.Of(RoleActionKind.Stopped).Should().BeEmpty();

        (backup.Role, backup.Term) = (HelloRole.Master, 2);
        driver.Run(500);

        driver.Transitions.Last().Cause.Should().Be(RoleCause.Switchover);
        driver.Of(RoleActionKind.Stopped).Should().ContainSingle();
        driver.Of(RoleActionKind.DrainTo).Should().ContainSingle();
    }
}
