using System.Net;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Loxi.Ha.Announce;
using Loxi.Nat.Interfaces;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
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

    [Fact]
    public async Task ServicesThatChange_CauseNoLookAtRoutes_UnlessTheirInterfacesDo()
    {
        await using var ha = new HaHarness(gateways: GatewayChoice.Automatic);
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        await HaHarness.UntilAsync(() => ha.Routes.Looks > 0);
        var looks = ha.Routes.Looks;
        ha.Routes.LookedFor.Should().Be("eth0 without 192.0.2.2 198.51.100.2");

        for (var i = 11; i < 20; i++)
        {
            ha.Set([.. Enumerable.Range(10, i - 9).Select(static n => HaHarness.Service($"192.0.2.{n}")), HaHarness.Service("192.0.2.10", $"inst{i}")]);
            await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"inst{i} is Ready"));
        }

        ha.Routes.Looks.Should().Be(looks);

        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst30"));
        await HaHarness.UntilAsync(() => ha.Routes.Looks > looks);
        ha.Routes.Looks.Should().Be(looks + 1);
        ha.Routes.LookedFor.Should().StartWith("eth0 eth1 without");
    }

    [Fact]
    public async Task RoutesThatChange_AreLookedAt_AndWhatFailsIsLookedAtAgain()
    {
        await using var ha = new HaHarness(gateways: GatewayChoice.Automatic);
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        await HaHarness.UntilAsync(() => ha.Routes.Looks > 0);
        var looks = ha.Routes.Looks;

        ha.Routes.Gateways = [new TrackedGateway(IPAddress.Parse("192.0.2.254"), "eth0")];
        ha.Routes.Change();
        await HaHarness.UntilAsync(() => ha.Announcer.Gateways.Contains("192.0.2.254 on eth0"));
        ha.Routes.Looks.Should().Be(looks + 1);

        ha.Routes.Fails = true;
        ha.Set(HaHarness.Service("198.51.100.10"));
        await HaHarness.UntilAsync(() => ha.Routes.Looks == looks + 2);
        ha.Routes.Gateways = [];
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return ha.Announcer.Gateways.LastOrDefault() == "";
        });
        ha.Routes.LookedFor.Should().StartWith("eth1 without");
    }

    [Fact]
    public async Task OtherNodesThatChange_CauseALook()
    {
        await using var ha = new HaHarness(gateways: GatewayChoice.Automatic);
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        await HaHarness.UntilAsync(() => ha.Routes.Looks > 0);
        var looks = ha.Routes.Looks;

        (await ha.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [new HaPathSettings { Address = "192.0.2.3" }] }, Token)).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.Set(HaHarness.Service("192.0.2.11"));

        await HaHarness.UntilAsync(() => ha.Routes.Looks > looks);
        ha.Routes.LookedFor.Should().Contain("192.0.2.3");
    }

    private static async Task<IReadOnlyList<HaAlarm>> AlarmsAsync(HaHarness ha) => HaAlarms.Of((await ha.Node.ReadAsync(Token))!);
}
