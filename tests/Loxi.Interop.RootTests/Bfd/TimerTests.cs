using System.Globalization;
using FluentAssertions;
using Loxi.Bfd;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>Intervals and multipliers: as negotiated, and changed while the session is up.</summary>
public sealed class TimerTests
{
    public static TheoryData<PeerKind> Peers => [PeerKind.Frr, PeerKind.Bird];

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task Rfc5880_Section6_8_3_OwnChange_RunsAPollSequenceWithoutAFlap(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Theirs = lab.Theirs with { Receive = 100 };
        await lab.StartUpAsync();
        var before = lab.Peer.Read()!;
        var changes = lab.Changes.Seen.Count;

        foreach (var milliseconds in new[] { 500, 100, 300 })
        {
            lab.Wire.Clear();
            var interval = TimeSpan.FromMilliseconds(milliseconds);
            var slower = TimeSpan.FromMilliseconds(Math.Max(milliseconds, 200));
            await lab.ApplyAsync(s => s with { DesiredMinTxInterval = interval, RequiredMinRxInterval = interval });
            await lab.Speaker.WaitUntilAsync(
                (BfdSessionReport r) => !r.Status.PollActive && r.Status.TransmitInterval == interval && r.Status.DetectionTime == 5 * slower, $"{interval} in force");
            await lab.Peer.WaitUntilAsync(view => view.Timeout == 5 * interval && view.Interval == slower, $"{interval} in force");
            await CheckPollAsync(lab.Wire, ofOurs: true, interval);
        }

        NothingHasFlapped(lab, before, changes);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task Rfc5880_Section6_8_3_PeersChange_IsAnsweredAtOnceAndFollowedWithoutAFlap(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Ours = lab.Ours with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(100) };
        await lab.StartUpAsync();
        var before = lab.Peer.Read()!;
        var changes = lab.Changes.Seen.Count;

        foreach (var milliseconds in new[] { 500, 100, 300 })
        {
            lab.Wire.Clear();
            var interval = TimeSpan.FromMilliseconds(milliseconds);
            var slower = TimeSpan.FromMilliseconds(Math.Max(milliseconds, 200));
            lab.ChangePeer(s => s with { Transmit = milliseconds, Receive = milliseconds });
            await lab.Speaker.WaitUntilAsync((BfdSessionReport r) => r.Status.TransmitInterval == slower && r.Status.DetectionTime == 5 * interval, $"{interval} in force");
            await lab.Peer.WaitUntilAsync(view => view.Timeout == 5 * slower && view.Interval == interval, $"{interval} in force");
            await CheckPollAsync(lab.Wire, ofOurs: false, interval);
        }

        NothingHasFlapped(lab, before, changes);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task Rfc5880_Section6_8_4_UnequalSides_EachTakesTheOthersMultiplierAndTheSlowerInterval(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Ours = lab.Ours with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(150), RequiredMinRxInterval = TimeSpan.FromMilliseconds(400), DetectMult = 4 };
        lab.Theirs = lab.Theirs with { Transmit = 250, Receive = 350, Multiplier = 7 };
        await lab.StartUpAsync();

        var ours = await lab.Speaker.WaitUntilAsync((BfdSessionReport r) => r.Status.DetectionTime == TimeSpan.FromMilliseconds(7 * 400), "7 x 400 ms");
        ours.Status.TransmitInterval.Should().Be(TimeSpan.FromMilliseconds(350));
        ours.Status.RemoteDetectMult.Should().Be(7);
        ours.Status.RemoteMinRxInterval.Should().Be(TimeSpan.FromMilliseconds(350));
        await lab.Peer.WaitUntilAsync(static view => view.Interval == TimeSpan.FromMilliseconds(400) && view.Timeout == TimeSpan.FromMilliseconds(4 * 350), "400 ms, 4 x 350 ms");

        // RFC 5880 6.8.7: jitter of 0 to 25 % less; what a busy machine adds is not ours to bound.
        lab.Wire.Clear();
        var times = (await lab.Wire.WaitForAsync(static p => p.IsOurs, "ours", 11)).Select(static p => p.Time).ToList();
        var mean = (times[^1] - times[0]) / (times.Count - 1);
        mean.Should().BeGreaterThan(TimeSpan.FromMilliseconds(350 * 0.75 * 0.97)).And.BeLessThan(TimeSpan.FromMilliseconds(350 * 2));
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeersMultiplier_IsFollowedWithoutAFlap(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        await lab.StartUpAsync();
        var before = lab.Peer.Read()!;
        var changes = lab.Changes.Seen.Count;

        lab.ChangePeer(static s => s with { Multiplier = 9 });
        await lab.Speaker.WaitUntilAsync(static (BfdSessionReport r) => r.Status.DetectionTime == TimeSpan.FromMilliseconds(9 * 200), "9 x 200 ms");
        await lab.ApplyAsync(static s => s with { DetectMult = 8 });
        await lab.Peer.WaitUntilAsync(static view => view.Timeout == TimeSpan.FromMilliseconds(8 * 200), "8 x 200 ms");

        NothingHasFlapped(lab, before, changes);
    }

    /// <summary>A Poll with the new interval, its Final, and an end of the Polls; a Final of ours comes at once.</summary>
    private static async Task CheckPollAsync(BfdWire wire, bool ofOurs, TimeSpan interval)
    {
        await wire.WaitForAsync(p => p.IsOurs != ofOurs && p.Control.Final, "a Final");
        var packets = wire.Packets;
        var poll = packets.First(p => p.IsOurs == ofOurs && p.Control.Poll);
        var final = packets.First(p => p.IsOurs != ofOurs && p.Control.Final);
        poll.Control.DesiredMinTxInterval.Should().Be((uint)interval.TotalMicroseconds);
        poll.Control.RequiredMinRxInterval.Should().Be((uint)interval.TotalMicroseconds);
        final.Time.Should().BeOnOrAfter(poll.Time);
        if (!ofOurs)
        {
            (final.Time - poll.Time).Should().BeLessThan(TimeSpan.FromMilliseconds(150), "RFC 5880 6.8.7: without regard to the transmit timer, of which this is the least");
        }

        await wire.WaitForAsync(p => p.IsOurs == ofOurs && p.Time > final.Time && !p.Control.Poll, "the end of the Polls");
    }

    private static void NothingHasFlapped(InteropLab lab, PeerView before, int changes)
    {
        lab.Changes.Seen.Should().HaveCount(changes);
        var after = lab.Peer.Read()!;
        (after.State, after.Downs).Should().Be((BfdState.Up, before.Downs));
        // BIRD makes wall-clock time of it at each question, so it moves by a millisecond where that is adjusted; a flap is hundreds.
        (SinceOf(after) - SinceOf(before)).Duration().Should().BeLessThan(TimeSpan.FromMilliseconds(20));
    }

    private static TimeSpan SinceOf(PeerView view) => view.Since is { } since ? TimeSpan.Parse(since, CultureInfo.InvariantCulture) : TimeSpan.Zero;
}
