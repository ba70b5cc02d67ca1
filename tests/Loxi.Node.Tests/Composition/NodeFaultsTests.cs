using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Loxi.Nat.Interfaces;
using Loxi.Node.Ha;
using Loxi.Node.Tests.Ha;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>Programs that somebody takes off an interface: an alarm, and where they cannot be put on again a fault (R13).</summary>
public sealed class NodeFaultsTests
{
    private const string Default = VipGroups.Default;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProgramsThatCannotBePutOnAgain_AreAFaultOfEveryGroup_UntilTheyAre()
    {
        await using var ha = new HaHarness();
        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst1"));
        await ha.StartAsync();

        ha.DataPlane.Set(new AttachmentLoss(7, "eth0", 1, "no"));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Default} fault 2 down") && ha.Speaker.Told.Contains("inst1 fault 2 down"));
        var alarm = (await AlarmsAsync(ha)).Should().ContainSingle().Which;
        alarm.Name.Should().Be(HaAlarms.DataPlaneLost);
        alarm.Text.Should().Contain("eth0").And.EndWith("cannot be put on again: no");

        ha.DataPlane.Set(new AttachmentLoss(7, "eth0", 1, null));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Default} fault 2 up") && ha.Speaker.Told.Contains("inst1 fault 2 up"));
        (await AlarmsAsync(ha)).Should().ContainSingle("for some seconds").Which.Text.Should().EndWith("they are on it again");
    }

    [Fact]
    public async Task ProgramsThatAreOnAgainAtOnce_AreAnAlarmAlone_WhichCounts()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        ha.DataPlane.Set(new AttachmentLoss(7, "eth0", 1, null));
        ha.DataPlane.Set(new AttachmentLoss(7, "eth0", 3, null));

        (await AlarmsAsync(ha)).Should().ContainSingle().Which.Count.Should().Be(3);
        // What is told later is told in its order.
        ha.DataPlane.Set(new AttachmentLoss(7, "eth0", 3, null), new AttachmentLoss(8, "eth1", 1, "no"));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Default} fault 2 down"));
        ha.Speaker.Told.Count(static line => line.Contains("fault 2", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task InterfaceThatIsGone_IsNoFaultAnyMore_AndAGroupThatComesLaterHasThoseOfAll()
    {
        await using var ha = new HaHarness();
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        ha.DataPlane.Set(new AttachmentLoss(7, "eth0", 1, "no"));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Default} fault 2 down"));

        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst1"));
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst1 fault 2 down"));

        ha.DataPlane.Set();
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst1 fault 2 up") && ha.Speaker.Told.Contains($"{Default} fault 2 up"));
        (await AlarmsAsync(ha)).Should().BeEmpty();
    }

    [Fact]
    public async Task NodeThatHasLeft_IsToldNothing()
    {
        var ha = new HaHarness();
        await ha.StartAsync();
        ha.DataPlane.IsWatched.Should().BeTrue();

        await ha.DisposeAsync();

        ha.DataPlane.IsWatched.Should().BeFalse();
    }

    private static async Task<IReadOnlyList<HaAlarm>> AlarmsAsync(HaHarness ha) => HaAlarms.Of((await ha.Node.ReadAsync(Token))!);
}
