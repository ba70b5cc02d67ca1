using System.Diagnostics;
using FluentAssertions;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Programs;
using Loxi.Linux.Netlink;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Topology;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Programs that somebody else takes off an interface are put on again.</summary>
public sealed class AttachmentGuardTests
{
    private const int Busy = 16;

    [Theory]
    [InlineData(HookMode.Tc, AttachPoint.TcxIngress)]
    [InlineData(HookMode.Xdp, AttachPoint.XdpNative)]
    public void LinkThatIsDetached_IsMadeAnewAtTheNextLook(HookMode hook, AttachPoint point) => Run(tcx: true, hook, isEgressWanted: false, guarded =>
    {
        var link = guarded.PinOf(hook == HookMode.Xdp ? "xdp" : "tcx");
        var first = DetachLink(guarded, link);
        PointsOf("v0").Should().BeEmpty();
        guarded.Attachments.FindIncomplete().Should().Equal(LinkOf("v0").Index);

        guarded.Time.Advance(AttachmentGuard.Period);
        guarded.WaitFor(() => guarded.Attachments.Losses is [{ Problem: null }]);

        PointsOf("v0").Should().Equal(point);
        guarded.Attachments.Losses.Should().Equal(new AttachmentLoss(LinkOf("v0").Index, "v0", 1, null));
        guarded.Attached.Should().Equal("v0", "v0");
        guarded.Changes.Should().Be(1);
        DetachLink(guarded, link).Should().NotBe(first, "it is another link under the same name");
        guarded.Time.Advance(AttachmentGuard.Period);
        guarded.WaitFor(() => guarded.Attachments.Losses is [{ Count: 2, Problem: null }]);
        PointsOf("v0").Should().Equal(point);
    });

    [Theory]
    [InlineData("filter del dev v0 ingress")]
    [InlineData("filter del dev v0 egress")]
    [InlineData("qdisc del dev v0 clsact")]
    public void FilterOrQdiscThatIsDeleted_IsMadeAnewAtOnce_AndGoesWithThePurge(string command) => Run(tcx: false, HookMode.Tc, isEgressWanted: true, guarded =>
    {
        Shell.Run("tc", command.Split(' '));

        // The kernel tells of it: less time passes here than from look to look without.
        guarded.WaitForWhatIsTold(() => guarded.Attachments.Losses.Count > 0 && PointsOf("v0").Length == 2 && guarded.Attachments.FindIncomplete().Count == 0);
        PointsOf("v0").Should().Equal(AttachPoint.ClsactIngress, AttachPoint.ClsactEgress);
        guarded.Attachments.Losses.Should().OnlyContain(static l => l.Problem == null);

        guarded.Stop();
        guarded.Attachments.Purge();
        Shell.Run("tc", "qdisc", "show", "dev", "v0").Should().NotContain("clsact");
    });

    [Fact]
    public void XdpByNetlink_IsRefusedByTheKernel_WhileTheLinkIsThere() => Run(tcx: true, HookMode.Xdp, isEgressWanted: false, static guarded =>
    {
        FluentActions.Invoking(static () => Shell.Run("ip", "link", "set", "dev", "v0", "xdp", "off")).Should().Throw<Exception>();

        guarded.Attachments.FindIncomplete().Should().BeEmpty();
        PointsOf("v0").Should().Equal(AttachPoint.XdpNative);
    });

    [Fact]
    public void WhileSomebodyElseIsInItsPlace_ItIsSaidOnce_AndTriedUntilItWorks() => Run(tcx: true, HookMode.Xdp, isEgressWanted: false, guarded =>
    {
        var index = LinkOf("v0").Index;
        using (Replace(guarded, index))
        {
            guarded.Time.Advance(AttachmentGuard.Period);
            guarded.WaitFor(() => guarded.Attachments.Losses is [{ Problem: not null }]);
            guarded.Attachments.Losses[0].Problem.Should().Contain("another XDP program");
            guarded.Attachments.Attached.Should().BeEmpty();
            guarded.Attachments.FindIncomplete().Should().Equal([index], "it is tried again");
            guarded.Attachments.Restore(LinkOf("v0"), HookMode.Xdp, false).Should().BeFalse();
            guarded.Changes.Should().Be(1);
        }

        guarded.Time.Advance(AttachmentGuard.Period);
        guarded.WaitFor(() => guarded.Attachments.Losses is [{ Problem: null }]);
        PointsOf("v0").Should().Equal(AttachPoint.XdpNative);
        guarded.Changes.Should().Be(2);
    });

    [Fact]
    public void InterfaceThatIsGone_IsNoLoss() => Run(tcx: true, HookMode.Tc, isEgressWanted: false, guarded =>
    {
        World.Ip("link add x0 type veth peer name x1");
        guarded.WaitFor(() => guarded.Attachments.Attached.Count(static a => a.Name is "x0" or "x1") == 2);
        World.Ip("link del x0");
        guarded.Time.Advance(AttachmentGuard.Period);
        guarded.WaitFor(() => guarded.Attachments.Attached.All(static a => a.Name is not ("x0" or "x1")));

        guarded.Attachments.Losses.Should().BeEmpty();
        guarded.Changes.Should().Be(0);
    });

    [Fact]
    public void ThatOneIsGone_WithoutItsPrograms_IsToldToo() => Run(tcx: true, HookMode.Tc, isEgressWanted: false, guarded =>
    {
        World.Ip("link add x0 type veth peer name x1");
        guarded.WaitFor(() => guarded.Attachments.Attached.Any(static a => a.Name is "x0"));
        var index = LinkOf("x0").Index;
        using (var link = BpfLink.OpenPinned($"{World.PinPath}/{new AttachmentPin("tcx", TrafficDirection.Ingress, index)}"))
        {
            link.Detach();
        }

        guarded.Time.Advance(AttachmentGuard.Period);
        guarded.WaitFor(() => guarded.Attachments.Losses is [{ Name: "x0", Problem: null }]);
        World.Ip("link del x0");
        guarded.WaitFor(() => guarded.Attachments.Losses.Count == 0);
        guarded.Changes.Should().Be(2);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void QdiscOfSomebodyElse_InThePlaceOfOurs_IsNeitherRemovedNorTakenForOurs(bool isEgressWanted) => Run(tcx: false, HookMode.Tc, isEgressWanted, guarded =>
    {
        guarded.Stop();
        Shell.Run("tc", "qdisc", "del", "dev", "v0", "clsact");
        Shell.Run("tc", "qdisc", "add", "dev", "v0", "clsact");

        guarded.Attachments.Restore(LinkOf("v0"), HookMode.Tc, isEgressWanted).Should().BeTrue();
        guarded.Attachments.FindIncomplete().Should().BeEmpty();
        guarded.Attachments.Purge();
        Shell.Run("tc", "qdisc", "show", "dev", "v0").Should().Contain("clsact");
    });

    [Fact]
    public void QdiscThatWasMadeForTheOtherSide_IsOursOnlyWhileItsFilterIsInIt() => Run(tcx: false, HookMode.Tc, isEgressWanted: false, guarded =>
    {
        guarded.Stop();
        Shell.Run("tc", "qdisc", "del", "dev", "v0", "clsact");
        Shell.Run("tc", "qdisc", "add", "dev", "v0", "clsact");

        // As Ensure does it when a side is wanted newly, before anybody has looked.
        guarded.Attachments.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: true).Should().BeTrue();
        guarded.Attachments.Purge();
        Shell.Run("tc", "qdisc", "show", "dev", "v0").Should().Contain("clsact");
    });

    [Fact]
    public void FilterThatIsDeletedAgain_IsMadeAnewAfterAGap() => Run(tcx: false, HookMode.Tc, isEgressWanted: false, guarded =>
    {
        Shell.Run("tc", "filter", "del", "dev", "v0", "ingress");
        guarded.WaitForWhatIsTold(() => guarded.Attachments.Losses is [{ Count: 1 }]);

        // Time stands still.
        Shell.Run("tc", "filter", "del", "dev", "v0", "ingress");
        SpinWait.SpinUntil(() => guarded.Attachments.Losses is not [{ Count: 1 }], TimeSpan.FromMilliseconds(500)).Should().BeFalse("a look was just now");
        guarded.WaitFor(() => guarded.Attachments.Losses is [{ Count: 2 }]);
    });

    [Fact]
    public void TakenOffAgainAndAgain_IsAProblemUntilTheyStay_PutOnAtGaps_AndSaidOnce() => Run(tcx: true, HookMode.Tc, isEgressWanted: false, guarded =>
    {
        guarded.Stop();
        var link = LinkOf("v0");
        var pin = guarded.PinOf("tcx");
        for (var i = 0; i < 3; i++)
        {
            DetachLink(guarded, pin);
            guarded.Attachments.Restore(link, HookMode.Tc, false).Should().BeTrue();
        }

        guarded.Attachments.Losses.Should().Equal(new AttachmentLoss(link.Index, "v0", 3, "they are taken off again and again"));
        foreach (var gap in (TimeSpan[])[LossPace.FirstGap, LossPace.FirstGap * 2])
        {
            DetachLink(guarded, pin);
            guarded.Attachments.Restore(link, HookMode.Tc, false).Should().BeFalse("it was put on just now");
            guarded.Attachments.Ensure(link, HookMode.Tc, false);
            PointsOf("v0").Should().BeEmpty();
            guarded.Time.Advance(gap);
            guarded.Attachments.Restore(link, HookMode.Tc, false).Should().BeTrue();
            PointsOf("v0").Should().Equal(AttachPoint.TcxIngress);
        }

        guarded.Attachments.Losses.Should().Equal(new AttachmentLoss(link.Index, "v0", 5, "they are taken off again and again"));
        guarded.Attachments.FindIncomplete().Should().Equal([link.Index], "it is looked whether they stay");
        guarded.Time.Advance(LossPace.Window);
        guarded.Attachments.Restore(link, HookMode.Tc, false).Should().BeTrue();
        guarded.Attachments.Losses.Should().Equal(new AttachmentLoss(link.Index, "v0", 5, null));
        guarded.Attachments.FindIncomplete().Should().BeEmpty();
        guarded.Changes.Should().Be(6);
        (guarded.Log.Count(2016), guarded.Log.Count(2019)).Should().Be((2, 1));
    });

    [Fact]
    public void LossOfOneThatIsGone_IsForgottenWhenTheNetworkIsTakenAnew() => Run(tcx: true, HookMode.Tc, isEgressWanted: false, guarded =>
    {
        guarded.Stop();
        World.Ip("link add x0 type veth peer name x1");
        var link = LinkOf("x0");
        guarded.Attachments.Ensure(link, HookMode.Tc, false).Should().BeTrue();
        World.Ip("link del x0");
        guarded.Attachments.Restore(link, HookMode.Tc, false).Should().BeFalse();
        guarded.Attachments.Losses.Should().ContainSingle().Which.Problem.Should().NotBeNull();
        guarded.Attachments.Attached.Should().NotContain(a => a.Index == link.Index);

        using var watcher = Guarded.Watch(guarded.World, guarded.Attachments, new InterfacePolicy { DefaultHook = HookMode.Tc }, guarded.Time);
        watcher.Start();
        guarded.Attachments.Losses.Should().BeEmpty();
    });

    /// <summary>Another one's link in the place of ours.</summary>
    private static XdpLink Replace(Guarded guarded, int index)
    {
        while (true)
        {
            try
            {
                using var link = BpfLink.OpenPinned(guarded.PinOf("xdp"));
                BpfProgram.TryOpenById(link.ReadInfo().ProgramId, out var program).Should().BeTrue();
                using (program)
                {
                    link.Detach();
                    return XdpLink.Attach(program!, index, XdpMode.Native);
                }
            }
            catch (EbpfException e) when (e.Errno == Busy)
            {
                // Ours was faster.
            }
        }
    }

    private static uint DetachLink(Guarded guarded, string path)
    {
        using var link = BpfLink.OpenPinned(path);
        link.Detach();
        link.IsAttached().Should().BeFalse();
        return link.ReadInfo().Id;
    }

    private static void Run(bool tcx, HookMode hook, bool isEgressWanted, Action<Guarded> test) => World.Run(Hook.Tc, 4, world =>
    {
        using var guarded = new Guarded(world, tcx, hook, isEgressWanted);
        test(guarded);
    });

    private static AttachPoint[] PointsOf(string name) => [.. InterfacePrograms.Query(LinkOf(name).Index).Select(static p => p.Point)];

    private static Link LinkOf(string name)
    {
        using var client = new RtnetlinkClient();
        return client.GetLinks().Single(l => l.Name == name);
    }

    /// <summary>Programs on v0, and who guards them and follows the network; time stands still until a test lets it pass.</summary>
    private sealed class Guarded : IDisposable
    {
        private readonly AttachmentGuard _guard;
        private readonly NetworkWatcher _watcher;
        private readonly List<string> _attached = [];
        private int _changes;
        private bool _isStopped;

        public Guarded(World world, bool tcx, HookMode hook, bool isEgressWanted)
        {
            World = world;
            var policy = new InterfacePolicy { DefaultHook = hook, EgressHooks = isEgressWanted, Blacklist = new("^v1$") };
            Attachments = new InterfaceAttachments(world.Balancer.DataPlane, world.Options, Log, tcx, time: Time)
            {
                EgressProgram = world.Balancer.DataPlane.TcProgram,
                OnAttached = one =>
                {
                    if (one.Name == "v0")
                    {
                        _attached.Add(one.Name);
                    }
                },
                OnLossesChanged = () => Interlocked.Increment(ref _changes),
            };
            _guard = new AttachmentGuard(Attachments, policy, Time, NullLogger.Instance);
            _watcher = Watch(world, Attachments, policy, Time);
            _watcher.Start();
            _guard.Start();
        }

        public World World { get; }

        public InterfaceAttachments Attachments { get; }

        public EventLog Log { get; } = new();

        public FakeTimeProvider Time { get; } = new();

        /// <summary>How often v0 was attached.</summary>
        public IReadOnlyList<string> Attached => _attached;

        public int Changes => Volatile.Read(ref _changes);

        public static NetworkWatcher Watch(World world, InterfaceAttachments attachments, InterfacePolicy policy, TimeProvider time) =>
            new(world.Maps, attachments, policy, new NextHopGeneration(world.Maps), [], static (_, _) => { }, static () => { }, time, NullLogger.Instance);

        public string PinOf(string hook) => $"{World.PinPath}/{new AttachmentPin(hook, TrafficDirection.Ingress, LinkOf("v0").Index)}";

        /// <summary>Lets time pass until it is so.</summary>
        public void WaitFor(Func<bool> done)
        {
            var started = Stopwatch.GetTimestamp();
            while (!SpinWait.SpinUntil(done, TimeSpan.FromMilliseconds(20)))
            {
                Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(20));
                Time.Advance(AttachmentGuard.Gap);
            }
        }

        /// <summary>Lets time pass until it is so, but none in which it is looked without being told.</summary>
        public void WaitForWhatIsTold(Func<bool> done)
        {
            for (var passed = AttachmentGuard.Gap; !SpinWait.SpinUntil(done, TimeSpan.FromSeconds(3)) && passed < AttachmentGuard.Period; passed += AttachmentGuard.Gap)
            {
                Time.Advance(AttachmentGuard.Gap);
            }

            done().Should().BeTrue();
        }

        public void Stop()
        {
            if (!_isStopped)
            {
                _isStopped = true;
                _watcher.Dispose();
                _guard.Dispose();
            }
        }

        public void Dispose()
        {
            Stop();
            Attachments.Dispose();
        }
    }
}
