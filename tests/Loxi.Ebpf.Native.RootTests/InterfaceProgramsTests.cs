using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Objects;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class InterfaceProgramsTests
{
    [Fact]
    public void NothingAttached_ListIsEmpty() => Sandbox.RunWithVeth((v0, _) => InterfacePrograms.Query(v0).Should().BeEmpty());

    [Fact]
    public void EverythingAttached_IsListedWithNamesInOrder() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        uint tc = net.Programs["tc_count"].Id;
        uint other = net.Programs["tc_not_wanted"].Id;
        using XdpLink xdp = XdpLink.Attach(net.Programs["xdp_count"], v0, XdpMode.Generic);
        using TcxLink last = TcxLink.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress);
        using TcxLink first = TcxLink.Attach(net.Programs["tc_not_wanted"], v0, TrafficDirection.Ingress, TcxPosition.First);
        using ClsactFilter filter = ClsactFilter.Attach(net.Programs["tc_count"], v0, TrafficDirection.Egress, priority: 5);

        InterfacePrograms.Query(v0).Should().Equal(
            new AttachedProgram(AttachPoint.XdpGeneric, net.Programs["xdp_count"].Id, "xdp_count"),
            new AttachedProgram(AttachPoint.TcxIngress, other, "tc_not_wanted", first.ReadInfo().Id),
            new AttachedProgram(AttachPoint.TcxIngress, tc, "tc_count", last.ReadInfo().Id),
            new AttachedProgram(AttachPoint.ClsactEgress, tc, "tc_count", 0, 5, 1));
    });

    [Fact]
    public void NativeXdp_IsListedAsSuch() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        using XdpLink xdp = XdpLink.Attach(net.Programs["xdp_count"], v0, XdpMode.Native);
        InterfacePrograms.Query(v0).Should().ContainSingle().Which.Point.Should().Be(AttachPoint.XdpNative);
    });

    [Fact]
    public void InterfaceAbsent_QueryNamesIt() => Sandbox.Run(() =>
    {
        Action query = () => InterfacePrograms.Query(12345);
        query.Should().Throw<EbpfException>().WithMessage("*interface 12345*");
    });
}
