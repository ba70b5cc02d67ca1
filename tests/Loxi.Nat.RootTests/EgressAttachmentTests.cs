using System.Diagnostics;
using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.Linux.Netlink;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Topology;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Programs on the way out: where they are, how they are taken over, and that all go that are ours and no others. Which program it is does not matter here.</summary>
public sealed class EgressAttachmentTests
{
    private static readonly AttachPoint[] Nothing = [];

    [Theory]
    [InlineData(true, HookMode.Tc, AttachPoint.TcxIngress, AttachPoint.TcxEgress)]
    [InlineData(true, HookMode.Xdp, AttachPoint.XdpNative, AttachPoint.TcxEgress)]
    [InlineData(false, HookMode.Tc, AttachPoint.ClsactIngress, AttachPoint.ClsactEgress)]
    [InlineData(false, HookMode.Xdp, AttachPoint.XdpNative, AttachPoint.ClsactEgress)]
    public void EveryHook_HasAWayOut_AndLoopbackOnlyThat(bool tcx, HookMode hook, AttachPoint ingress, AttachPoint egress) => Run(world =>
    {
        using var attachments = Attach(world, tcx);
        var reported = new List<AttachedInterface>();
        attachments.OnAttached = reported.Add;

        attachments.Ensure(LinkOf("v0"), hook, isEgressWanted: true).Should().BeTrue();
        attachments.Ensure(LinkOf("lo"), null, isEgressWanted: true).Should().BeTrue();
        attachments.Ensure(LinkOf("v1"), hook, isEgressWanted: false).Should().BeTrue();

        PointsOf("v0").Should().Equal(ingress, egress);
        PointsOf("lo").Should().Equal(egress);
        PointsOf("v1").Should().Equal(ingress);
        reported.Select(r => (r.Name, r.Hook, r.EgressHook)).Should().Equal(
            ("v0", NameOf(ingress), NameOf(egress)), ("lo", "none", NameOf(egress)), ("v1", NameOf(ingress), null));
        attachments.Purge();
        foreach (var name in (string[])["v0", "lo", "v1"])
        {
            PointsOf(name).Should().BeEmpty();
            Qdiscs(name).Should().NotContain("clsact");
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NextProcess_TakesBothSidesOver(bool tcx) => Run(world =>
    {
        var first = Attach(world, tcx);
        first.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true);
        first.Ensure(LinkOf("lo"), null, isEgressWanted: true);
        var before = InterfacePrograms.Query(LinkOf("v0").Index);
        first.Dispose();
        PointsOf("v0").Should().HaveCount(2, "they outlive the process");

        var next = NatBalancer.Open(world.Options);
        try
        {
            using var second = new InterfaceAttachments(next.DataPlane, world.Options, NullLogger.Instance, tcx) { EgressProgram = next.DataPlane.TcProgram };
            second.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true);
            second.Ensure(LinkOf("lo"), null, isEgressWanted: true);
            second.RemoveStale();

            var after = InterfacePrograms.Query(LinkOf("v0").Index);
            after.Select(p => p.Point).Should().Equal(before.Select(p => p.Point));
            after.Should().OnlyContain(p => p.ProgramId == next.DataPlane.TcProgram.Id);
            before.Should().OnlyContain(p => p.ProgramId != next.DataPlane.TcProgram.Id);
            InterfaceAttachments.RemovePinned(next.DataPlane.Pins, NullLogger.Instance);
            PointsOf("v0").Concat(PointsOf("lo")).Should().BeEmpty();
            Qdiscs("v0").Should().NotContain("clsact");
        }
        finally
        {
            next.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    });

    [Theory]
    [InlineData(TrafficDirection.Ingress)]
    [InlineData(TrafficDirection.Egress)]
    public void ProcessThatEndedWhileItReplacedAFilter_LeavesOneThatTheNextFinds(TrafficDirection direction) => Run(world =>
    {
        var pins = world.Balancer.DataPlane.Pins;
        using (var first = Attach(world, tcx: false))
        {
            first.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true);
        }

        var name = PinsOf(world, "v0").Single(p => p.Direction == direction).ToString();
        var second = NatBalancer.Open(world.Options);
        pins.Pin(second.DataPlane.TcProgram, "next" + name);
        Continue(world);
        pins.Pin(second.DataPlane.TcProgram, "next" + name);
        var pin = AttachmentPin.Parse(name)!.Value;
        var filter = ClsactFilter.Open(pin.InterfaceIndex, direction, pin.Priority, pin.Handle);
        filter.Update(second.DataPlane.TcProgram);
        filter.Keep();
        second.DisposeAsync().AsTask().GetAwaiter().GetResult();

        Continue(world);
    });

    [Theory]
    [InlineData(TrafficDirection.Ingress)]
    [InlineData(TrafficDirection.Egress)]
    public void ProcessThatEndedWhileItAttached_LeavesAFilterThatTheNextFinds(TrafficDirection direction) => Run(world =>
    {
        var index = LinkOf("v0").Index;
        var first = NatBalancer.Open(world.Options);
        world.Balancer.DataPlane.Pins.Pin(first.DataPlane.TcProgram, "new" + new AttachmentPin(AttachmentPin.Clsact, direction, index));
        ClsactFilter.Attach(first.DataPlane.TcProgram, index, direction).Keep();
        first.DisposeAsync().AsTask().GetAwaiter().GetResult();

        Continue(world);
    });

    /// <summary>The next process has one filter on each side, with its own program, and leaves nothing unfinished.</summary>
    private static void Continue(World world)
    {
        using var next = Attach(world, tcx: false);
        next.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true).Should().BeTrue();
        next.RemoveStale();

        InterfacePrograms.Query(LinkOf("v0").Index).Select(p => (p.Point, p.ProgramId)).Should().Equal(
            (AttachPoint.ClsactIngress, world.Balancer.DataPlane.TcProgram.Id), (AttachPoint.ClsactEgress, world.Balancer.DataPlane.TcProgram.Id));
        PinsOf(world, "v0").Should().HaveCount(2);
        world.Balancer.DataPlane.Pins.List().Should().NotContain(p => AttachmentPin.IsUnfinished(p.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NextProcessWithoutTheFlag_TakesTheWayOutOff(bool tcx) => Run(world =>
    {
        using (var first = Attach(world, tcx))
        {
            first.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true);
            first.Ensure(LinkOf("lo"), null, isEgressWanted: true);
        }

        using var second = Attach(world, tcx);
        second.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: false);
        second.Ensure(LinkOf("lo"), null, isEgressWanted: false);
        second.RemoveStale();

        PointsOf("v0").Should().Equal(tcx ? AttachPoint.TcxIngress : AttachPoint.ClsactIngress);
        PointsOf("lo").Should().BeEmpty();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForeignFilters_AreLeftAlone(bool tcx) => Run(world =>
    {
        Shell.Run("tc", "qdisc", "add", "dev", "v0", "clsact");
        Shell.Run("tc", "filter", "add", "dev", "v0", "egress", "prio", "9", "protocol", "ip", "u32", "match", "u32", "0", "0", "flowid", "8:1");
        var foreign = Filters();
        foreign.Should().Contain("pref 9");

        using var attachments = Attach(world, tcx);
        attachments.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true);
        PointsOf("v0").Should().HaveCount(2);
        attachments.Purge();

        Filters().Should().Be(foreign);
        Qdiscs("v0").Should().Contain("clsact");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WayOutThatTheKernelRefuses_LeavesTheWayInAndIsTriedAgain(bool tcx) => Run(world =>
    {
        using var attachments = Attach(world, tcx);
        attachments.EgressProgram = world.Balancer.DataPlane.LoadXdp(world.Options);

        attachments.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true).Should().BeFalse("an XDP program cannot be there");
        PointsOf("v0").Should().Equal(tcx ? AttachPoint.TcxIngress : AttachPoint.ClsactIngress);
        attachments.Attached.Should().ContainSingle().Which.EgressHook.Should().BeNull();

        attachments.EgressProgram = world.Balancer.DataPlane.TcProgram;
        attachments.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true).Should().BeTrue();
        PointsOf("v0").Should().HaveCount(2);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Watcher_AttachesInterfacesThatAppearLater_AsThePolicySays(bool egress) => Run(world =>
    {
        var policy = new InterfacePolicy { DefaultHook = HookMode.Tc, EgressHooks = egress };
        using var attachments = Attach(world, tcx: true);
        using var watcher = new NetworkWatcher(world.Maps, attachments, policy, new NextHopGeneration(world.Maps), [], static (_, _) => { }, static () => { }, new FakeTimeProvider(), NullLogger.Instance);
        watcher.Start();

        World.Ip("link add x0 type veth peer name x1");
        // The way in is there first.
        WaitFor(() => attachments.Attached.Count(a => a.Name is "x0" or "x1" && (a.EgressHook is not null || !egress)) == 2);

        PointsOf("x0").Should().Equal(egress ? [AttachPoint.TcxIngress, AttachPoint.TcxEgress] : [AttachPoint.TcxIngress]);
        PointsOf("lo").Should().Equal(egress ? [AttachPoint.TcxEgress] : Nothing);
        World.Ip("link del x0");
        WaitFor(() => attachments.Attached.All(a => a.Name is not ("x0" or "x1")));
        world.Balancer.DataPlane.Pins.List().Select(p => AttachmentPin.Parse(p.Name)).OfType<AttachmentPin>().Should().HaveCount(egress ? 5 : 2, "v0, v1 and lo are left");
    });

    private static void Run(Action<World> test) => World.Run(Hook.Tc, 4, test);

    private static InterfaceAttachments Attach(World world, bool tcx) =>
        new(world.Balancer.DataPlane, world.Options, NullLogger.Instance, tcx) { EgressProgram = world.Balancer.DataPlane.TcProgram };

    private static string NameOf(AttachPoint point) => point switch
    {
        AttachPoint.XdpNative => "xdp",
        AttachPoint.TcxIngress or AttachPoint.TcxEgress => "tcx",
        _ => "clsact",
    };

    private static AttachPoint[] PointsOf(string name) => [.. InterfacePrograms.Query(LinkOf(name).Index).Select(p => p.Point)];

    private static AttachmentPin[] PinsOf(World world, string name) =>
        [.. world.Balancer.DataPlane.Pins.List().Select(p => AttachmentPin.Parse(p.Name)).OfType<AttachmentPin>().Where(p => p.InterfaceIndex == LinkOf(name).Index)];

    private static string Qdiscs(string name) => Shell.Run("tc", "qdisc", "show", "dev", name);

    private static string Filters() => Shell.Run("tc", "filter", "show", "dev", "v0", "ingress") + Shell.Run("tc", "filter", "show", "dev", "v0", "egress");

    private static Link LinkOf(string name)
    {
        using var client = new RtnetlinkClient();
        return client.GetLinks().Single(l => l.Name == name);
    }

    private static void WaitFor(Func<bool> done)
    {
        var started = Stopwatch.GetTimestamp();
        while (!done())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(20));
            Thread.Yield();
        }
    }
}
