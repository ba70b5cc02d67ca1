using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class BpfLinkTests
{
    [Fact]
    public void TcxIngressAttached_CountsPacketsUntilDisposed() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        TypedMap<uint, ulong> counts = new(net.Maps["counts"]);
        using (TcxLink link = TcxLink.Attach(net.Programs["tc_count"], v0, TrafficDirection.Ingress))
        {
            LinkInfo info = link.ReadInfo();
            info.Should().Be(new LinkInfo(BpfLinkType.Tcx, info.Id, net.Programs["tc_count"].Id, v0, TrafficDirection.Ingress));
            SendFrames("v1", 5);
            Read(counts, 0).Should().BeGreaterThanOrEqualTo(5);
        }

        ulong before = Read(counts, 0);
        SendFrames("v1", 5);
        Read(counts, 0).Should().Be(before);
    });

    [Fact]
    public void TcxUpdated_RunsTheNewProgramUnderTheSameLink() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject first = TestObjects.Load("net");
        using BpfObject second = TestObjects.Load("net_second");
        using TcxLink link = TcxLink.Attach(first.Programs["tc_count"], v0, TrafficDirection.Egress);
        uint id = link.ReadInfo().Id;

        link.Update(second.Programs["tc_count"]);

        link.ReadInfo().Should().Be(new LinkInfo(BpfLinkType.Tcx, id, second.Programs["tc_count"].Id, v0, TrafficDirection.Egress));
        TypedMap<uint, ulong> counts = new(second.Maps["counts"]);
        SendFrames("v0", 3);
        Read(counts, 0).Should().BeGreaterThanOrEqualTo(6).And.Match(n => n % 2 == 0, "the second object counts in twos");
    });

    [Fact]
    public void InterfaceAbsent_TcxAttachNamesIt() => Sandbox.Run(() =>
    {
        using BpfObject net = TestObjects.Load("net");
        Action attach = () => TcxLink.Attach(net.Programs["tc_count"], 12345, TrafficDirection.Ingress);
        attach.Should().Throw<EbpfException>().WithMessage("*tc_count*Ingress of interface 12345*No such device*").Which.Errno.Should().Be(19);
    });

    [Theory]
    [InlineData(XdpMode.Generic)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Auto)]
    public void XdpAttached_CountsPacketsAndIsReplacedAtomically(XdpMode mode) => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject first = TestObjects.Load("net");
        using BpfObject second = TestObjects.Load("net_second");
        using XdpLink link = XdpLink.Attach(first.Programs["xdp_count"], v0, mode);
        SendFrames("v1", 4);
        Read(new(first.Maps["counts"]), 1).Should().BeGreaterThanOrEqualTo(4);

        link.Update(second.Programs["xdp_count"]);
        link.ReadInfo().ProgramId.Should().Be(second.Programs["xdp_count"].Id);
        link.ReadInfo().InterfaceIndex.Should().Be(v0);

        link.Detach();
        link.ReadInfo().InterfaceIndex.Should().Be(0);
        Sandbox.Execute("ip", "-d link show v0").Should().NotContain("xdp");
    });

    [Fact]
    public void XdpTaken_SecondAttachSaysSo() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        using XdpLink link = XdpLink.Attach(net.Programs["xdp_count"], v0);
        Action attach = () => XdpLink.Attach(net.Programs["xdp_grow"], v0);
        attach.Should().Throw<EbpfException>().WithMessage("*another XDP program is attached*");
        link.ReadInfo().ProgramId.Should().Be(net.Programs["xdp_count"].Id);
    });

    [Fact]
    public void LoopbackNativeXdp_SaysThatTheDriverHasNone() => Sandbox.Run(() =>
    {
        using BpfObject net = TestObjects.Load("net");
        Action attach = () => XdpLink.Attach(net.Programs["xdp_count"], 1, XdpMode.Native);
        attach.Should().Throw<EbpfException>().WithMessage("*use XdpMode.Generic*");
    });

    internal static ulong Read(TypedMap<uint, ulong> map, uint key)
    {
        map.TryLookup(key, out ulong value).Should().BeTrue();
        return value;
    }

    /// <summary>Sends broadcast frames of an experimental protocol out of an interface.</summary>
    internal static void SendFrames(string from, int count)
        => Sandbox.Execute("python3", $"-c \"import socket; s=socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('{from}',0)); [s.send(b'\\xff'*6+b'\\x02'+b'\\x00'*5+b'\\x88\\xb5'+b'x'*50) for _ in range({count})]\"");
}
