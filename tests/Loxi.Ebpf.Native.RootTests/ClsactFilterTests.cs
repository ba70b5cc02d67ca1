using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Objects;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class ClsactFilterTests
{
    [Fact]
    public void NoQdisc_AttachCreatesItAndDetachRemovesIt() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        using (ClsactFilter filter = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress, priority: 10, handle: 3))
        {
            filter.CreatedQdisc.Should().BeTrue();
            (filter.Priority, filter.Handle).Should().Be((10, 3u));
            filter.ReadInfo().ProgramId.Should().Be(net.Programs["tc_count"].Id);
            BpfLinkTests.SendFrames("v1", 5);
            BpfLinkTests.Read(new(net.Maps["counts"]), 0).Should().BeGreaterThanOrEqualTo(5);
        }

        Sandbox.Execute("tc", "qdisc show dev v0").Should().NotContain("clsact");
    });

    [Fact]
    public void QdiscExists_DetachLeavesIt() => Sandbox.RunWithVeth((v0, _) =>
    {
        Sandbox.Execute("tc", "qdisc add dev v0 clsact");
        using BpfObject net = TestObjects.Load("net");
        using (ClsactFilter filter = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Egress))
        {
            filter.CreatedQdisc.Should().BeFalse();
        }

        Sandbox.Execute("tc", "qdisc show dev v0").Should().Contain("clsact");
        Sandbox.Execute("tc", "filter show dev v0 egress").Trim().Should().BeEmpty();
    });

    [Fact]
    public void ForeignFiltersHoldThePriorities_TakesTheNextAndLeavesThemUntouched() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        using BpfObject foreign = TestObjects.Load("net_second");
        using ClsactFilter theirs = ClsactFilter.Attach(foreign.Programs["tc_count"], v0, TrafficDirection.Ingress, priority: 1);
        Sandbox.Execute("tc", "filter add dev v0 ingress prio 2 protocol ip u32 match u32 0 0 flowid 1:1");
        string before = Sandbox.Execute("tc", "filter show dev v0 ingress");

        ClsactFilter ours = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress, priority: 1);
        ours.Priority.Should().Be(3);
        ours.CreatedQdisc.Should().BeFalse();
        Sandbox.Execute("tc", "filter show dev v0 ingress").Should().StartWith(before);
        ours.Detach();

        Sandbox.Execute("tc", "filter show dev v0 ingress").Should().Be(before);
        theirs.ReadInfo().ProgramId.Should().Be(foreign.Programs["tc_count"].Id);
    });

    [Fact]
    public void QdiscCreatedByUsNowHoldsAForeignFilter_DetachLeavesTheQdisc() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        ClsactFilter ours = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress);
        Sandbox.Execute("tc", "filter add dev v0 egress prio 2 protocol ip u32 match u32 0 0 flowid 1:1");

        ours.Detach();

        Sandbox.Execute("tc", "filter show dev v0 egress").Should().Contain("u32");
        Sandbox.Execute("tc", "filter show dev v0 ingress").Should().NotContain("bpf");
    });

    [Fact]
    public void ForeignProgramTookOurPlace_DetachLeavesItAndUpdateSaysSo() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        using BpfObject foreign = TestObjects.Load("net_second");
        ClsactFilter ours = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress);
        ClsactFilter thief = ClsactFilter.Open(v0, TrafficDirection.Ingress, ours.Priority, ours.Handle);
        thief.Update(foreign.Programs["tc_count"]);

        Action update = () => ours.Update(net.Programs["tc_mark"]);
        update.Should().Throw<EbpfException>().WithMessage("*removed or replaced*");
        ours.Detach();

        thief.ReadInfo().ProgramId.Should().Be(foreign.Programs["tc_count"].Id);
    });

    [Fact]
    public void Kept_StaysAfterDisposeAndIsAdopted() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        using (ClsactFilter filter = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress))
        {
            filter.Keep();
        }

        using ClsactFilter adopted = ClsactFilter.Open(v0, TrafficDirection.Ingress, 1, 1, createdQdisc: true);
        adopted.ReadInfo().ProgramId.Should().Be(net.Programs["tc_count"].Id);
        adopted.Detach();
        Sandbox.Execute("tc", "qdisc show dev v0").Should().NotContain("clsact");
    });

    [Fact]
    public void InterfaceAbsent_AttachNamesIt() => Sandbox.Run(() =>
    {
        using BpfObject net = TestObjects.Load("net");
        Action attach = () => ClsactFilter.Attach(net.Programs["tc_count"], 12345, TrafficDirection.Ingress);
        attach.Should().Throw<EbpfException>().WithMessage("*interface 12345*");
    });
}
