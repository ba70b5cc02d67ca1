using FluentAssertions;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Loxi.TestKit.Capture;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>
/// The echo function (RFC 5880 6.4) with FRR, as it is in 8.4: over IPv4 its packets are addressed to itself and come back by the forwarding of
/// our host's kernel, with a TTL of 254.
/// </summary>
public sealed class EchoTests
{
    private const int EchoPort = 3785;

    [Fact]
    public async Task Rfc5880_Section6_8_9_NotOffered_FrrSendsNone()
    {
        await using var lab = new InteropLab(PeerKind.Frr);
        lab.Theirs = lab.Theirs with { Echo = true };
        using var echoes = Echoes(lab);
        await lab.StartUpAsync();

        await lab.Speaker.ReceiveMoreAsync(10);

        lab.Wire.Ours.Should().OnlyContain(static p => p.Control.RequiredMinEchoRxInterval == 0);
        lab.Peer.Read()!.EchoOutput.Should().Be(0);
        (echoes.Packets.Count, echoes.Dropped).Should().Be((0, 0));
    }

    [Fact]
    public async Task Offered_FrrsPacketsComeBackThroughOurForwarding_AndItsAbsenceIsTold()
    {
        await using var lab = new InteropLab(PeerKind.Frr);
        lab.Host.Sysctl("net.ipv4.ip_forward", "1");
        lab.Ours = lab.Ours with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(100) };
        lab.Theirs = lab.Theirs with { Echo = true, EchoInterval = 200 };
        using var echoes = Echoes(lab);
        await lab.StartUpAsync();

        var theirs = await lab.Peer.WaitUntilAsync(static view => view.EchoInput >= 10, "ten of its echo packets are back");
        theirs.State.Should().Be(BfdState.Up);
        lab.Changes.Seen.Should().NotContain(static c => c.Transition.From == BfdState.Up);
        echoes.Packets.Should().Contain(static p => !p.Outgoing && p.Ttl == 255).And.Contain(static p => p.Outgoing && p.Ttl == 254);

        lab.Host.Sysctl("net.ipv4.ip_forward", "0");
        var down = (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;
        down.Cause.Should().Be(BfdTransitionCause.NeighborSignaledDown);
        down.RemoteDiagnostic.Should().Be(BfdDiagnostic.EchoFunctionFailed);
    }

    [Fact]
    public async Task OfferedOverIPv6_FrrsPacketsComeToUsAndAreReturnedWithOneHopLess()
    {
        await using var lab = new InteropLab(PeerKind.Frr, Route.IPv6);
        lab.Ours = lab.Ours with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(100) };
        lab.Theirs = lab.Theirs with { Echo = true, EchoInterval = 200 };
        using var echoes = Echoes(lab);
        await lab.StartUpAsync();

        var theirs = await lab.Peer.WaitUntilAsync(static view => view.EchoInput >= 10, "ten of its echo packets are back");
        theirs.State.Should().Be(BfdState.Up);
        lab.Changes.Seen.Should().NotContain(static c => c.Transition.From == BfdState.Up);
        (await lab.Speaker.OnlyAsync()).Status.ReturnedEchoPackets.Should().BeGreaterThanOrEqualTo(10);
        echoes.Packets.Should().Contain(static p => !p.Outgoing && p.Ttl == 255).And.Contain(static p => p.Outgoing && p.Ttl == 254);
    }

    [Theory]
    [InlineData(Route.IPv4, "net.ipv4.ip_forward")]
    [InlineData(Route.IPv6, "net.ipv6.conf.all.forwarding")]
    public async Task FrrOffers_OursComeBackThroughItsHost_AndTheirAbsenceEndsTheSession(Route route, string forwarding)
    {
        await using var lab = new InteropLab(PeerKind.Frr, route);
        lab.Peer.Daemon.Host.Sysctl(forwarding, "1");
        lab.Ours = lab.Ours with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(100) };
        await lab.StartAsync();

        var report = await lab.Speaker.WaitUntilAsync(static (BfdSessionReport r) => r.Status is { State: BfdState.Up, ReceivedEchoPackets: >= 10 }, "ten of our echo packets are back");
        report.Status.EchoActive.Should().BeTrue();
        report.Status.RemoteMinEchoRxInterval.Should().Be(TimeSpan.FromMilliseconds(50));
        lab.Changes.Seen.Should().NotContain(static c => c.Transition.From == BfdState.Up);
        lab.Peer.Read()!.State.Should().Be(BfdState.Up);

        lab.Peer.Daemon.Host.Sysctl(forwarding, "0");
        var down = (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;
        (down.Cause, down.LocalDiagnostic).Should().Be((BfdTransitionCause.EchoFailed, BfdDiagnostic.EchoFunctionFailed));
        // Control packets still pass, so that it is soon up again, and down again: RFC 5880 knows no pause between.
        await lab.Wire.WaitForAsync(static p => p.IsOurs && p.Control is { State: BfdState.Down, Diagnostic: BfdDiagnostic.EchoFunctionFailed }, "our Down, and why");
        await lab.Peer.WaitUntilAsync(static view => view.Downs > 0, "down");
    }

    private static PacketCapture Echoes(InteropLab lab) => lab.Host.Capture("eth0", static packet => packet.IsUdp && packet.DestinationPort == EchoPort);
}
