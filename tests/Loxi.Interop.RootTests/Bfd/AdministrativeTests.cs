using FluentAssertions;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>A session is taken down on purpose (RFC 5880 6.8.16).</summary>
public sealed class AdministrativeTests
{
    public static TheoryData<PeerKind> Peers => [PeerKind.Frr, PeerKind.Bird];

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task OursDown_PeerHearsWhy_AndIsUpAgainAfterTheRelease(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        await lab.StartUpAsync();
        lab.Wire.Clear();

        await lab.ApplyAsync(static s => s with { AdministrativelyDown = true });
        var theirs = await lab.Peer.WaitForAsync(BfdState.Down);
        var told = await lab.Wire.WaitForAsync(static p => !p.IsOurs && p.Control.State == BfdState.Down, "their Down");

        var report = await lab.Speaker.OnlyAsync();
        (report.Status.State, report.Status.LocalDiagnostic).Should().Be((BfdState.AdminDown, BfdDiagnostic.AdministrativelyDown));
        lab.Wire.Ours.Should().Contain(static p => p.Control.State == BfdState.AdminDown)
            .And.OnlyContain(static p => p.Control.State == BfdState.Up || p.Control.Diagnostic == BfdDiagnostic.AdministrativelyDown);
        told[0].Control.Diagnostic.Should().Be(BfdDiagnostic.NeighborSignaledSessionDown);
        if (kind == PeerKind.Frr)
        {
            (theirs.Diagnostic, theirs.RemoteDiagnostic).Should().Be(("neighbor signaled session down", "administratively down"));
        }

        await lab.ApplyAsync(static s => s with { AdministrativelyDown = false });
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task OursRemoved_SaysAdminDown_AndNothingAfterwards(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        await lab.StartUpAsync();
        lab.Wire.Clear();

        await lab.Speaker.SetAsync([]);
        await lab.Peer.WaitForAsync(BfdState.Down);
        await lab.Wire.WaitForAsync(static p => !p.IsOurs && p.Control.State == BfdState.Down, "their Down, many seconds long", 5);

        var packets = lab.Wire.Packets;
        var ours = packets.Where(static p => p.IsOurs).ToList();
        ours[^1].Control.Should().Match<Loxi.Bfd.Wire.BfdControlPacket>(static p => p.State == BfdState.AdminDown && p.Diagnostic == BfdDiagnostic.AdministrativelyDown);
        ours.SkipWhile(static p => p.Control.State == BfdState.Up).Should().OnlyContain(static p => p.Control.State == BfdState.AdminDown);
        packets.TakeLast(4).Should().OnlyContain(static p => !p.IsOurs, "nobody is there any more");
        (await lab.Speaker.ReadSessionsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task FrrDown_IsNoFailureOfThePath_AndUpAgainAfterTheRelease()
    {
        await using var lab = new InteropLab(PeerKind.Frr);
        await lab.StartUpAsync();

        lab.Peer.SetAdministrativelyDown(true);
        var down = (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;

        down.To.Should().Be(BfdState.Down);
        down.Cause.Should().Be(BfdTransitionCause.NeighborSignaledAdminDown, "RFC 5882 3.2 asks clients to tell it from a failure");
        // FRR 8.4 leaves the diagnostic as it was, where RFC 5880 6.8.16 asks for Administratively Down.
        (down.RemoteState, down.RemoteDiagnostic).Should().Be((BfdState.AdminDown, BfdDiagnostic.None));
        down.LocalDiagnostic.Should().Be(BfdDiagnostic.NeighborSignaledSessionDown);
        await lab.Peer.WaitUntilAsync(static view => view is { State: BfdState.AdminDown, RemoteDiagnostic: "neighbor signaled session down" }, "its own word, and ours");

        lab.Peer.SetAdministrativelyDown(false);
        await lab.WaitForBothAsync();
    }

    [Fact]
    public async Task BirdDisabled_GoesDown_AndUpAgainWhenEnabled()
    {
        await using var lab = new InteropLab(PeerKind.Bird);
        await lab.StartUpAsync();

        // BIRD 2.0.12 ends the session without a word.
        lab.Peer.SetAdministrativelyDown(true);
        var down = (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;
        down.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);

        lab.Peer.SetAdministrativelyDown(false);
        await lab.WaitForBothAsync();
    }
}
