using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.Tests.Roles;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Engine;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class GroupAlarmsTests
{
    [Fact]
    public void AlarmIsTold_IsOpenWithItsBeginAndCount_UntilItsCauseIsGone()
    {
        var driver = CoreDriver.Backup(out _);
        driver.Core.SetQuality(255, 100, 7);
        driver.Run(200);
        var alarms = new GroupAlarms();
        var begin = driver.Now;
        alarms.Note(RoleAlarm.ConfigDiffers, 2, begin);
        alarms.Note(RoleAlarm.ConfigDiffers, 2, begin + TimeSpan.FromSeconds(1));
        alarms.Note(RoleAlarm.NotReady, null, begin);

        alarms.Look(driver.Core, begin).Should().Equal((RoleAlarm.NotReady, null));
        alarms.Read().Should().Equal(new RoleAlarmStatus(RoleAlarm.ConfigDiffers, 2, begin, 2));
        alarms.IsDue(begin).Should().BeFalse();
        alarms.IsDue(begin + TimeSpan.FromSeconds(1)).Should().BeTrue();

        driver.Core.SetQuality(255, 100, 0);
        driver.Run(200);
        alarms.Look(driver.Core, driver.Now).Should().Equal((RoleAlarm.ConfigDiffers, 2));
        alarms.Read().Should().BeEmpty();
        alarms.IsDue(driver.Now + TimeSpan.FromHours(1)).Should().BeFalse("nothing is open");

        var again = driver.Now;
        alarms.Note(RoleAlarm.ConfigDiffers, 2, again);
        alarms.Read().Should().Equal(new RoleAlarmStatus(RoleAlarm.ConfigDiffers, 2, again, 3));
    }
}
