using System.Net;
using FluentAssertions;
using Loxi.Bfd.Fuzz.Oracle;
using Loxi.Bfd.RootTests.Support;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>What others send, and what the own process does, must not end a session.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task SteadyState_AllocatesNothing()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4, 5, 50), BfdLab.To(BfdLab.B6, 5, 50)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4, 5, 50), BfdLab.To(BfdLab.A6, 5, 50)]);
        await changes.WaitForAsync(BfdState.Up, 2);
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = await MeasureAsync(a);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken); // nobody asks meanwhile
            var after = await MeasureAsync(a);
            (after.Packets - before.Packets).Should().BeGreaterThan(100);
            least = Math.Min(least, after.Bytes - before.Bytes);
        }

        // The answer to the first question is handed over after it was measured.
        least.Should().BeLessThan(500);
        (await a.ReadStatusAsync()).GreatestLateness.Should().BePositive();
    }

    [Fact]
    public async Task FloodOfWhatNobodyWants_WakesNobodyAndIsCountedWithReasons()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4, 200, 5)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4, 200, 5)]);
        await changes.WaitForAsync(BfdState.Up);
        await a.WaitUntilAsync((BfdSessionReport r) => !r.Status.PollActive && r.Status.DetectionTime == TimeSpan.FromSeconds(1), "at its intervals");
        var before = await a.ReadStatusAsync();

        using (var flood = new Flood(lab.B, BfdLab.B4, BfdLab.A4, 3784))
        {
            flood.Send(20_000, BfdState.Up, 7, 0xdeadbeef);
            for (var i = 0; i < 20_000; i++)
            {
                flood.Send([0x40, 1, 2]);
            }
        }

        var after = await a.WaitUntilAsync((BfdSpeakerStatus s) => s.UnreadDatagrams > before.UnreadDatagrams + 30_000 && s.Discards.Length >= 1, "the flood counted");
        after.Discards.Select(static d => d.Key).Should().Contain(BfdDiscardReason.UnknownYourDiscriminator);
        (after.ReceivedDatagrams - before.ReceivedDatagrams).Should().BeLessThan(5_000);
        (after.Wakes - before.Wakes).Should().BeLessThan(1_000);
        after.LostDatagrams.Should().Be(0);
        await a.ReceiveMoreAsync(3);
        changes.Seen.Should().OnlyContain(static c => c.Transition.From != BfdState.Up);
    }

    /// <summary>A peer that is down, or somebody in its name, sends more than anybody can read: that has a socket of its own.</summary>
    [Fact]
    public async Task FloodInTheNameOfAKnownPeer_DoesNotPushOutTheOthers()
    {
        await using var lab = new BfdLab();
        lab.B.AddAddress("eth0", "192.0.2.77/24");
        var other = IPAddress.Parse("192.0.2.77");
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4, 200, 5), BfdLab.To(other)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4, 200, 5) with { LocalAddress = BfdLab.B4 }]);
        await changes.WaitForAsync(static c => c.Session.PeerAddress.Equals(BfdLab.B4) && c.Transition.To == BfdState.Up);
        var before = await a.ReadStatusAsync();

        using (var flood = new Flood(lab.B, other, BfdLab.A4, 3784))
        {
            flood.Send(50_000, BfdState.Down, 7, 0);
        }

        var after = await a.WaitUntilAsync((BfdSpeakerStatus s) => s.UnreadDatagrams > before.UnreadDatagrams + 10_000, "the flood held back");
        after.LostDatagrams.Should().Be(0);
        changes.Seen.Should().NotContain(static c => c.Session.PeerAddress.Equals(BfdLab.B4) && c.Transition.From == BfdState.Up);
    }

    /// <summary>
    /// 10^6 datagrams of every shape, as fast as a sender can, in the peer's own name and with the right discriminators; all that they lack is the key. What
    /// they push out of the receive buffer is not taken for silence.
    /// </summary>
    [Fact]
    public async Task MillionForgedDatagramsInThePeersName_ChangeNothing()
    {
        const int million = 1_000_000;
        const int seed = 5880;
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        BfdSessionSettings signed(IPAddress peer) => BfdLab.To(peer, 200, 5) with { Authentication = new(BfdAuthenticationType.MeticulousKeyedSha1, [BfdKey.FromText(1, "known")]) };
        await a.SetAsync([signed(BfdLab.B4)]);
        await b.SetAsync([signed(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);
        await a.WaitUntilAsync((BfdSessionReport r) => !r.Status.PollActive && r.Status.DetectionTime == TimeSpan.FromSeconds(1), "at its intervals");
        var before = (await a.OnlyAsync()).Status;
        var status = await a.ReadStatusAsync();
        DatagramSource source = new(new Random(seed), before.LocalDiscriminator, (int)BfdAuthenticationType.MeticulousKeyedSha1, new Dictionary<int, byte[]> { [1] = "guess"u8.ToArray() });
        byte[][] shapes = [.. Enumerable.Range(0, 10_000).Select(_ => source.Next().Bytes)];

        using (var flood = new Flood(lab.B, BfdLab.B4, BfdLab.A4, 3784))
        {
            for (var i = 0; i < million; i++)
            {
                flood.Send(shapes[i % shapes.Length]);
            }
        }

        await a.ReceiveMoreAsync(3);
        changes.Seen.Should().OnlyContain(static c => c.Transition.From != BfdState.Up);
        var after = (await a.OnlyAsync()).Status;
        after.RemoteDiscriminator.Should().Be(before.RemoteDiscriminator);
        // Most fail at their sequence number, before anybody computes a digest.
        after.Discards[(int)BfdDiscardReason.AuthenticationSequence].Should().BePositive();
        // Read, held back by the filter, or lost in the buffer: none is unaccounted for.
        var end = await a.ReadStatusAsync();
        (end.ReceivedDatagrams + end.UnreadDatagrams + end.LostDatagrams - status.ReceivedDatagrams - status.UnreadDatagrams - status.LostDatagrams).Should().BeGreaterThanOrEqualTo(million / 2);
    }

    /// <summary>
    /// 10^6 random and mutated datagrams in the peer's name and with the right discriminator, in bursts as fast as a sender can, against a session that anybody
    /// can speak to: exactly those have an effect of which an oracle without a line of the library says so, beside the packets of the peer.
    /// </summary>
    [Fact]
    public async Task MillionDatagramsToASessionWithoutAKey_HaveTheEffectThatTheOracleSays()
    {
        const int million = 1_000_000;
        const int burst = 125;
        const int seed = 5881;
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        // So long that no time runs out: the oracle knows none.
        await a.SetAsync([BfdLab.To(BfdLab.B4, 60_000, 255)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4, 200, 5)]);
        await changes.WaitForAsync(BfdState.Up);
        var session = (await a.OnlyAsync()).Status.LocalDiscriminator;
        DatagramSource source = new(new Random(seed), session, 0, new Dictionary<int, byte[]>());
        ReceptionOracle oracle = new(session, 0, new Dictionary<int, byte[]>());
        // Those without our discriminator are read at a limited rate only.
        byte[][] shapes = [.. Enumerable.Range(0, int.MaxValue).Select(_ => source.Next().Bytes).Where(static s => s.Length < 12 || s.AsSpan(8, 4).ContainsAnyExcept((byte)0)).Take(10_000)];
        var expected = (ulong)shapes.Count(shape => oracle.Judge(shape, 255, (int)BfdState.Up).Effect) * (million / 10_000);
        await b.DisposeAsync();
        changes.Clear();
        var before = (await a.OnlyAsync()).Status;
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        using (var flood = new Flood(lab.B, BfdLab.B4, BfdLab.A4, 3784))
        {
            for (var i = 0; i < million; i += burst)
            {
                for (var j = i; j < i + burst; j++)
                {
                    flood.Send(shapes[j % shapes.Length]);
                }

                // Whoever asks wakes the speaker, which reads all that waits: no burst is lost.
                await a.ReadStatusAsync();
            }
        }

        var after = await a.ReadStatusAsync();
        after.LostDatagrams.Should().Be(0);
        expected.Should().BeInRange(100_000, 900_000, "both kinds are among them");
        ((await a.OnlyAsync()).Status.ReceivedPackets - before.ReceivedPackets).Should().Be(expected);
        changes.Seen.Should().NotBeEmpty("a mutated Down that passes 6.8.6 acts");
        (GC.GetTotalMemory(forceFullCollection: true) - memory).Should().BeLessThan(50_000_000);
    }

    /// <summary>10^6 objects a second and a full collection again and again: nothing stands still for longer than the detection time.</summary>
    [Fact]
    public async Task CollectionsOfGarbage_EndNoSession()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4, 200, 5)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4, 200, 5)]);
        await changes.WaitForAsync(BfdState.Up);
        changes.Clear();

        for (var i = 0; i < 20; i++)
        {
            var garbage = new List<object>();
            for (var j = 0; j < 100_000; j++)
            {
                garbage.Add(new object());
            }

            GC.Collect();
            garbage.Clear();
        }

        await a.ReceiveMoreAsync(2);
        changes.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task ListenerThatFails_IsLoggedAndTheOthersHear()
    {
        await using var lab = new BfdLab();
        using var log = new LogLines();
        var (a, b) = (lab.Speaker(lab.A, log.Factory), lab.Speaker(lab.B));
        using var failing = a.Subscribe(static _ => throw new InvalidOperationException("not now"));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);

        await changes.WaitForAsync(BfdState.Up);

        log.Lines.Should().Contain(static l => l.Id == 5013);
        log.Lines.Should().Contain(static l => l.Id == 5000 && l.Text == "BFD session 192.0.2.2 went from Init to Up: Handshake"
            || l.Text == "BFD session 192.0.2.2 went from Down to Up: Handshake");
    }

    private static Task<(long Bytes, long Packets)> MeasureAsync(BfdSpeaker speaker) =>
        speaker.Engine!.PostAsync(static (engine, _) => (GC.GetAllocatedBytesForCurrentThread(), engine.Counters.Received + engine.Counters.Sent));
}
