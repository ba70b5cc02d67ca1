using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bfd.RootTests.Support;
using Loxi.Bfd.Session;
using Loxi.Linux.Processes;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>Echo packets (RFC 5881 4) and unaffiliated echo (RFC 9747): B forwards what A sends to itself.</summary>
public sealed class EchoTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData("192.0.2.2", "192.0.2.1")]
    [InlineData("2001:db8::2", "2001:db8::1")]
    public async Task Echo_TakesOverTheWatch_AndFailsWhenThePeerNoLongerForwards(string toB, string toA)
    {
        await using var lab = new BfdLab();
        Forward(lab, true);
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(IPAddress.Parse(toB)) with { DesiredMinEchoTxInterval = Fast }]);
        await b.SetAsync([BfdLab.To(IPAddress.Parse(toA)) with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(10) }]);
        await changes.WaitForAsync(BfdState.Up);

        var report = await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status.ReceivedEchoPackets > 10, "echo packets back");
        report.Status.EchoActive.Should().BeTrue();
        await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status.DetectionTime == TimeSpan.FromSeconds(3), "RFC 5880 6.8.3: control packets at one second beside them");
        changes.Seen.Should().OnlyContain(static c => c.Transition.From != BfdState.Up);

        Forward(lab, false);
        var down = (await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;
        down.Cause.Should().Be(BfdTransitionCause.EchoFailed);
        down.LocalDiagnostic.Should().Be(BfdDiagnostic.EchoFunctionFailed);
    }

    /// <summary>B runs nothing at all: its kernel forwards, as that of any router does, whatever BFD that has or has not.</summary>
    [Theory]
    [InlineData("192.0.2.2", "192.0.2.1")]
    [InlineData("2001:db8::2", "2001:db8::1")]
    public async Task Rfc9747_Section2_Unaffiliated_WatchesANeighbourThatRunsNothing(string toB, string own)
    {
        await using var lab = new BfdLab();
        Forward(lab, true);
        var a = lab.Speaker(lab.A);
        using var changes = new Changes(a);
        using var wire = lab.B.Capture("eth0", static p => p.DestinationPort == 3785);
        await a.SetAsync([BfdLab.To(IPAddress.Parse(toB)) with { Kind = BfdSessionKind.UnaffiliatedEcho }]);
        await changes.WaitForAsync(BfdState.Up);
        await a.ReceiveMoreAsync(10);

        // RFC 9747 3: from the own address to the own address, out with TTL 255, back with one less, on a port of RFC 5881 4.
        var (there, back) = (wire.Packets.Where(static p => !p.Outgoing).ToList(), wire.Packets.Where(static p => p.Outgoing).ToList());
        there.Should().HaveCountGreaterThan(10).And.OnlyContain(static p => p.Ttl == 255);
        back.Should().HaveCountGreaterThan(10).And.OnlyContain(static p => p.Ttl == 254);
        wire.Packets.Should().OnlyContain(p => Equals(p.Source, IPAddress.Parse(own)) && Equals(p.Destination, IPAddress.Parse(own)) && p.SourcePort >= 49152);

        Forward(lab, false);
        (await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition.Cause.Should().Be(BfdTransitionCause.EchoFailed);
        changes.Clear();
        Forward(lab, true);
        await changes.WaitForAsync(BfdState.Up);
    }

    [Fact]
    public async Task EchoOfAPeerToOurAddress_IsReturnedWithOneHopLess()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4) with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(10) }]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);
        using var peer = lab.B.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var wire = lab.B.Capture("eth0", static p => p.DestinationPort == 3785 && !p.Outgoing);
        peer.Ttl = 255;
        peer.Bind(new IPEndPoint(BfdLab.B4, 3785));
        peer.ReceiveTimeout = 10_000;

        peer.SendTo("whatever it likes"u8, new IPEndPoint(BfdLab.A4, 3785));

        var buffer = new byte[64];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = peer.ReceiveFrom(buffer, ref from);
        buffer.AsSpan(0, length).ToArray().Should().Equal("whatever it likes"u8.ToArray());
        from.Should().Be(new IPEndPoint(BfdLab.A4, 3785));
        (await wire.WaitForAsync(static _ => true, "the echo packet")).Ttl.Should().Be(254);
        (await a.OnlyAsync()).Status.ReturnedEchoPackets.Should().Be(1);
    }

    [Fact]
    public async Task WithoutThePrivilege_EchoIsRefusedAtOnceAndNothingIsOpened()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        BfdSessionSettings[] sessions = [BfdLab.To(BfdLab.B4) with { DesiredMinEchoTxInterval = Fast }, BfdLab.To(BfdLab.B6) with { Kind = BfdSessionKind.UnaffiliatedEcho }];

        var error = Unprivileged.Run(() => Record.Exception(() => a.SetAsync(sessions).Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)), Capability.NetRaw);

        error!.InnerException.Should().BeOfType<InvalidBfdSessionsException>().Which.Problems.Select(static p => p.ToString()).Should().Equal(
            "sessions[0].desiredMinEchoTxInterval: value '00:00:00.0500000', expected 0, because CAP_NET_RAW is missing",
            "sessions[1].kind: value 'UnaffiliatedEcho', expected another kind, because CAP_NET_RAW is missing");
        (await a.ReadSessionsAsync()).Should().BeEmpty();
    }

    private static void Forward(BfdLab lab, bool isOn)
    {
        lab.B.Sysctl("net.ipv4.ip_forward", isOn ? "1" : "0");
        lab.B.Sysctl("net.ipv6.conf.all.forwarding", isOn ? "1" : "0");
    }
}
