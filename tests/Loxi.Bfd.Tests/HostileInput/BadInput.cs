using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Tests.HostileInput;

/// <summary>A session that is Up at 3 x 100 ms, and bad packets from the peer's address in three copies, while the good sender goes on or while it is silent.</summary>
internal sealed class BadInput
{
    public BadInput(bool senderPaused, BfdSessionSettings? settings = null)
    {
        SenderPaused = senderPaused;
        Bench = new Bench((settings ?? Bench.Settings) with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(100), RequiredMinRxInterval = TimeSpan.FromMilliseconds(100) });
        Bench.Peer = Bench.Peer with { DesiredMinTxInterval = 100_000, RequiredMinRxInterval = 100_000 };
        Bench.BringUp();
        Bench.Session.DetectionTime.TotalMilliseconds.Should().Be(300);
    }

    public Bench Bench { get; }

    public bool SenderPaused { get; }

    /// <summary>Good packets for a while, unless the sender is paused.</summary>
    public void GoOn(double milliseconds)
    {
        if (SenderPaused)
        {
            Bench.Advance(milliseconds);
        }
        else
        {
            Bench.AdvanceWithPeer(milliseconds);
        }
    }

    public BfdStep[] Three(BfdControlPacket packet, int ttl = 255) => Three(Packets.Bytes(packet), ttl);

    public BfdStep[] Three(byte[] bytes, int ttl = 255) => [.. Enumerable.Range(0, 3).Select(_ => Bench.Receive(bytes, ttl))];

    /// <summary>Three copies are discarded for this reason, and the session goes on as if there had been none.</summary>
    public void MustBeDiscarded(byte[] bytes, BfdDiscardReason reason, int ttl = 255)
    {
        GoOn(100);
        var before = Bench.Session.GetStatus();
        var deadline = Bench.Session.Deadline;
        Bench.Sent.Clear();
        Three(bytes, ttl).Should().OnlyContain(s => s.Discard == reason && s.Transmission == BfdTransmission.None && s.Notifications == BfdNotifications.None);
        Bench.Session.Deadline.Should().Be(deadline);
        Bench.Session.GetStatus().Should().BeEquivalentTo(before, o => o.Excluding(s => s.Discards));
        (Bench.Session.GetDiscards(reason) + Bench.Table.GetDiscards(reason)).Should().Be(3);
        GoOn(400);
        Bench.Session.State.Should().Be(SenderPaused ? BfdState.Down : BfdState.Up);
        if (SenderPaused)
        {
            Bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired, "none of them is a sign of life");
        }
    }

    public void MustBeDiscarded(BfdControlPacket packet, BfdDiscardReason reason, int ttl = 255) => MustBeDiscarded(Packets.Bytes(packet), reason, ttl);
}
