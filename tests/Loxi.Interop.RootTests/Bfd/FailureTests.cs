using FluentAssertions;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>The peer or the path between fails, and comes back.</summary>
public sealed class FailureTests
{
    // A busy machine, apart from the lateness that our side knows of; the capture is late too.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    public static TheoryData<PeerKind> Peers => [PeerKind.Frr, PeerKind.Bird];

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task PeerKilled_IsFoundWithinTheDetectionTime_AndUpAgainAfterItsRestart(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        await lab.StartUpAsync();

        await lab.Peer.Daemon.KillAsync();
        var down = (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;
        var told = (await lab.Wire.WaitForAsync(static p => p.IsOurs && p.Control is { State: BfdState.Down, Diagnostic: BfdDiagnostic.ControlDetectionTimeExpired }, "our Down"))[0];

        down.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
        var silence = told.Time - lab.Wire.Theirs.Last().Time;
        silence.Should().BeGreaterThan(TimeSpan.FromMilliseconds(800), "five packets of 200 ms")
            .And.BeLessThan(TimeSpan.FromSeconds(1) + TimeSpan.FromMicroseconds(down.LateBy / 1e3) + Tolerance);
        told.Control.DesiredMinTxInterval.Should().BeGreaterThanOrEqualTo(1_000_000, "RFC 5880 6.8.3");

        var discriminator = (await lab.Speaker.OnlyAsync()).Status.LocalDiscriminator;
        await lab.Peer.Daemon.StartAsync();
        var (ours, _) = await lab.WaitForBothAsync();
        ours.Status.LocalDiscriminator.Should().Be(discriminator);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerRestartedWithinTheDetectionTime_ItsFirstPacketTakesTheSessionDown_AndItIsUpAgain(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Theirs = lab.Theirs with { Multiplier = 100 };
        await lab.StartUpAsync();

        await lab.Peer.Daemon.KillAsync();
        await lab.Peer.Daemon.StartAsync();
        var down = (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;

        down.Cause.Should().Be(BfdTransitionCause.NeighborSignaledDown);
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PathLost_BothSidesFindIt_AndComeBackWithThePath(PeerKind kind)
    {
        await using var lab = new InteropLab(kind, Route.MultihopIPv4);
        await lab.StartUpAsync();

        // The router drops everything; no interface loses its carrier.
        lab.Router.Sysctl("net.ipv4.ip_forward", "0");
        (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
        await lab.Peer.WaitForAsync(BfdState.Down);
        lab.Router.Sysctl("net.ipv4.ip_forward", "1");

        await lab.WaitForBothAsync();
        lab.Wire.Theirs.Should().Contain(static p => p.Control.Diagnostic == BfdDiagnostic.ControlDetectionTimeExpired, "the peer found it too");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task SpeakerRestarted_PeerHearsAdminDown_AndBothAreUpAgain(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        await lab.StartUpAsync();
        var before = await lab.Speaker.OnlyAsync();

        await lab.Speaker.DisposeAsync();
        await lab.Peer.WaitForAsync(BfdState.Down);
        await lab.RestartSpeakerAsync();

        var (ours, _) = await lab.WaitForBothAsync();
        ours.Status.LocalDiscriminator.Should().NotBe(before.Status.LocalDiscriminator);
    }
}
