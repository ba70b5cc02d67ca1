using System.Net;
using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Roles;

/// <summary>When each alarm is over.</summary>
public sealed class AlarmTests
{
    [Fact]
    public void FaultWithoutBackup_LastsUntilTheFaultIsGone()
    {
        var unhealthy = CoreDriver.Master(out var backup);
        backup.Health = 10;
        unhealthy.Run(100);
        Lasts(unhealthy, RoleAlarm.FaultWithoutBackup).Should().BeFalse();

        unhealthy.Do(actions => unhealthy.Core.SetFault(1, down: true, canForward: false, unhealthy.Now, actions));
        unhealthy.Run(200);
        Lasts(unhealthy, RoleAlarm.FaultWithoutBackup).Should().BeTrue();

        unhealthy.Do(actions => unhealthy.Core.SetFault(1, down: false, canForward: false, unhealthy.Now, actions));
        unhealthy.Run(2000);
        Lasts(unhealthy, RoleAlarm.FaultWithoutBackup).Should().BeTrue("a fault that is gone for less than 3 s counts");
        unhealthy.Run(1200);
        Lasts(unhealthy, RoleAlarm.FaultWithoutBackup).Should().BeFalse();
    }

    [Fact]
    public void ConfigDiffers_LastsWhileThePeerIsHeardAndDiffers()
    {
        var driver = CoreDriver.Backup(out var master);
        driver.Core.SetQuality(255, 100, 7);
        driver.Run(200);
        Lasts(driver, RoleAlarm.ConfigDiffers, 2).Should().BeTrue();
        Lasts(driver, RoleAlarm.ConfigDiffers, 3).Should().BeFalse("nothing is known of it");

        driver.Core.SetQuality(255, 100, 0);
        driver.Run(200);
        Lasts(driver, RoleAlarm.ConfigDiffers, 2).Should().BeFalse();

        driver.Core.SetQuality(255, 100, 7);
        driver.Run(200);
        master.On = false;
        driver.Run(1000);
        Lasts(driver, RoleAlarm.ConfigDiffers, 2).Should().BeFalse("nobody says anything");
    }

    [Fact]
    public void PathSilent_LastsUntilAHelloComesOnThePath()
    {
        var (driver, master) = TwoPaths();
        HearOn(driver, master, 10, 1);
        Lasts(driver, RoleAlarm.PathSilent, 2).Should().BeTrue();

        HearOn(driver, master, 2, 0, 1);
        Lasts(driver, RoleAlarm.PathSilent, 2).Should().BeFalse();
    }

    [Fact]
    public void SignalsDisagree_BfdIsDownAndHellosCome_IsToldAfterFiveSeconds_AndEndsWithBfd()
    {
        var (driver, master) = TwoPaths();
        driver.Do(actions => driver.Core.PathDown(2, 0, driver.Now, driver.Now, actions));
        HearOn(driver, master, 40, 0, 1);
        Lasts(driver, RoleAlarm.SignalsDisagree, 2).Should().BeFalse("BFD may come up yet");

        HearOn(driver, master, 15, 0, 1);
        driver.Alarms.Last().Should().Be(RoleAlarm.SignalsDisagree);
        Lasts(driver, RoleAlarm.SignalsDisagree, 2).Should().BeTrue();

        driver.Core.PathUp(2, 0);
        HearOn(driver, master, 1, 0, 1);
        Lasts(driver, RoleAlarm.SignalsDisagree, 2).Should().BeFalse();
    }

    [Fact]
    public void DuplicateNodeId_LastsFiveSecondsAfterTheLastHello_AndIsToldAnew()
    {
        var driver = CoreDriver.Backup(out _);
        var twin = new FakePeer(CoreDriver.Own);
        driver.Hear(twin);
        driver.Hear(twin);
        driver.Run(4900);
        Lasts(driver, RoleAlarm.DuplicateNodeId).Should().BeTrue();
        driver.Run(200);
        Lasts(driver, RoleAlarm.DuplicateNodeId).Should().BeFalse();

        driver.Hear(twin);
        Lasts(driver, RoleAlarm.DuplicateNodeId).Should().BeTrue();
        driver.Alarms.Count(static a => a == RoleAlarm.DuplicateNodeId).Should().Be(2);
    }

    [Fact]
    public void VipClaimed_LastsUntilAProbeHasNoAnswer()
    {
        var driver = new CoreDriver(CoreDriver.Settings, null, new FakePeer(2) { On = false }) { Answering = [IPAddress.Parse("192.0.2.10")] };
        driver.Run(2000);
        driver.Core.Role.Should().Be(HelloRole.Master);
        Lasts(driver, RoleAlarm.VipClaimed).Should().BeTrue();

        driver.Answering = [];
        driver.Run(6000);
        Lasts(driver, RoleAlarm.VipClaimed).Should().BeFalse();
    }

    [Fact]
    public void TermNotDurable_LastsUntilTheDiskWorks()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5 };
        var driver = new CoreDriver(CoreDriver.Settings, null, master) { DiskWorks = false };
        driver.Run(1000);
        (master.On, master.Term) = (true, 500);
        driver.Run(1000);
        master.On = false;
        driver.Run(3000);
        driver.Core.Role.Should().Be(HelloRole.Master);
        Lasts(driver, RoleAlarm.TermNotDurable).Should().BeTrue();

        driver.Do(actions => driver.Core.TermsReserved(driver.Core.Term + 16, driver.Now, actions));
        Lasts(driver, RoleAlarm.TermNotDurable).Should().BeFalse();
    }

    [Fact]
    public void SwitchoverFailed_LastsUntilTheNextTryOrChange_OrFiveMinutes()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.Switchover(2, driver.Now, actions).Should().BeTrue());
        driver.Run(2500);
        Lasts(driver, RoleAlarm.SwitchoverFailed).Should().BeTrue("the other node did not take it");

        driver.Do(actions => driver.Core.Switchover(2, driver.Now, actions).Should().BeTrue());
        Lasts(driver, RoleAlarm.SwitchoverFailed).Should().BeFalse();
        driver.Run(2500);
        Lasts(driver, RoleAlarm.SwitchoverFailed).Should().BeTrue();
        driver.Run(300_000);
        Lasts(driver, RoleAlarm.SwitchoverFailed).Should().BeFalse();
    }

    [Fact]
    public void NotReady_LastsWhileTheMasterIsNot()
    {
        var driver = CoreDriver.Master(out _);
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Syncing, driver.Now, actions));
        Lasts(driver, RoleAlarm.NotReady).Should().BeTrue();
        driver.Do(actions => driver.Core.SetReadiness(Readiness.Ready, driver.Now, actions));
        Lasts(driver, RoleAlarm.NotReady).Should().BeFalse();
    }

    private static bool Lasts(CoreDriver driver, RoleAlarm alarm, ushort peer = 0) => driver.Core.Lasts(alarm, peer, driver.Now);

    private static (CoreDriver Driver, FakePeer Master) TwoPaths()
    {
        var master = new FakePeer(2) { Role = HelloRole.Master, Term = 5, On = false };
        var driver = new CoreDriver(CoreDriver.Settings with { Paths = 2 }, null, master);
        HearOn(driver, master, 10, 0, 1);
        return (driver, master);
    }

    private static void HearOn(CoreDriver driver, FakePeer peer, int intervals, params int[] paths)
    {
        for (var i = 0; i < intervals; i++)
        {
            foreach (var path in paths)
            {
                driver.Hear(peer, path);
            }

            driver.Run(100);
        }
    }
}
