using FluentAssertions;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>The passive role (RFC 5880 6.1) and demand mode (6.6).</summary>
public sealed class RoleTests
{
    public static TheoryData<PeerKind> Peers => [PeerKind.Frr, PeerKind.Bird];

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task OursPassive_WaitsForThePeersFirstPacket(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Ours = lab.Ours with { Passive = true };
        await lab.StartUpAsync();

        lab.Wire.Packets[0].IsOurs.Should().BeFalse();
        lab.Wire.Ours.First().Control.YourDiscriminator.Should().NotBe(0, "the peer was heard");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerPassive_IsBroughtUpByUs(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Theirs = lab.Theirs with { Passive = true };
        await lab.StartUpAsync();

        lab.Wire.Packets[0].IsOurs.Should().BeTrue();
    }

    [Fact]
    public async Task BothPassive_NobodySpeaks()
    {
        await using var lab = new InteropLab(PeerKind.Bird);
        lab.Ours = lab.Ours with { Passive = true };
        lab.Theirs = lab.Theirs with { Passive = true };
        await lab.StartAsync();
        // Its packets come first then, so that a silence before them was one of both.
        lab.ChangePeer(static s => s with { Passive = false });
        await lab.WaitForBothAsync();

        lab.Wire.Packets[0].Should().Match<SeenPacket>(static p => !p.IsOurs && p.Control.YourDiscriminator == 0);
    }

    [Fact]
    public async Task Bird_AskedForSilence_KeepsItAnswersPollsAndItsDeathIsFoundByOne()
    {
        await using var lab = new InteropLab(PeerKind.Bird);
        await lab.StartUpAsync();

        await lab.ApplyAsync(static s => s with { Demand = true, DemandPollInterval = TimeSpan.FromMilliseconds(600) });
        await lab.Speaker.WaitUntilAsync(static (BfdSessionReport r) => r.Status is { LocalDemandActive: true, PollActive: false }, "in demand mode");
        lab.Wire.Clear();
        await lab.Wire.WaitForAsync(static p => !p.IsOurs && p.Control.Final, "Finals", 5);

        lab.Wire.Theirs.Skip(1).Should().OnlyContain(static p => p.Control.Final, "RFC 5880 6.6: nothing but answers comes");
        lab.Changes.Seen.Should().NotContain(static c => c.Transition.From == BfdState.Up);
        lab.Peer.Read()!.State.Should().Be(BfdState.Up);

        await lab.Peer.Daemon.KillAsync();
        (await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition.Cause.Should().Be(BfdTransitionCause.PollExpired);
    }

    [Fact]
    public async Task Frr_AskedForSilence_SpeaksOnAndTheSessionStaysUp()
    {
        await using var lab = new InteropLab(PeerKind.Frr);
        await lab.StartUpAsync();

        await lab.ApplyAsync(static s => s with { Demand = true, DemandPollInterval = TimeSpan.FromMilliseconds(600) });
        await lab.Speaker.WaitUntilAsync(static (BfdSessionReport r) => r.Status is { LocalDemandActive: true, PollActive: false }, "in demand mode");
        lab.Wire.Clear();
        await lab.Wire.WaitForAsync(static p => !p.IsOurs && p.Control.Final, "Finals", 3);

        // FRR 8.4 does not know demand mode.
        lab.Wire.Theirs.Should().Contain(static p => !p.Control.Final);
        lab.Changes.Seen.Should().NotContain(static c => c.Transition.From == BfdState.Up);
        lab.Peer.Read()!.State.Should().Be(BfdState.Up);
    }
}
