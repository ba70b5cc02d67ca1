using FluentAssertions;
using Loxi.Bfd.RootTests.Support;
using Loxi.Bfd.Session;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>What happens when a speaker ends, is killed, or is stopped for a while. B is a process of its own.</summary>
public sealed class StopTests
{
    private const int SigTerm = 15;

    [Fact]
    public async Task Killed_ThePeerGoesDownByTime()
    {
        await using var lab = new BfdLab();
        var (a, changes, b) = await UpAsync(lab, BfdLab.To(BfdLab.B4), "--interval", "50000");
        using (changes)
        {
            b.Pause();
            var down = (await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;

            down.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
            down.LocalDiagnostic.Should().Be(BfdDiagnostic.ControlDetectionTimeExpired);
            TimeSpan.FromTicks(down.LateBy / 100).Should().BeLessThan(TimeSpan.FromMilliseconds(100), "it is found out when it is due");
            (await a.OnlyAsync()).Status.State.Should().Be(BfdState.Down);
        }
    }

    [Fact]
    public async Task Rfc5880_Section6_8_16_CleanStop_TellsThePeerAdminDown()
    {
        await using var lab = new BfdLab();
        var (_, changes, b) = await UpAsync(lab, BfdLab.To(BfdLab.B4, 1000), "--interval", "1000000");
        using (changes)
        {
            b.Signal(SigTerm);
            var down = (await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition;

            down.Cause.Should().Be(BfdTransitionCause.NeighborSignaledAdminDown);
            down.RemoteDiagnostic.Should().Be(BfdDiagnostic.AdministrativelyDown);
            (await b.Completion).Should().Be(0);
            b.Lines.Should().Contain(static l => l.StartsWith("192.0.2.1 Up AdminDown AdministrativelyDisabled ", StringComparison.Ordinal), "listeners hear of it too");
        }
    }

    [Fact]
    public async Task Removed_ThePeerHearsAdminDown_AndTheOthersGoOn()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(b);
        await a.SetAsync([BfdLab.To(BfdLab.B4, 1000), BfdLab.To(BfdLab.B6, 1000)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4, 1000), BfdLab.To(BfdLab.A6, 1000)]);
        await changes.WaitForAsync(BfdState.Up, 2);

        await a.SetAsync([BfdLab.To(BfdLab.B6, 1000)]);
        (await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Should().Match<BfdSessionChange>(
            static c => c.Session.PeerAddress.Equals(BfdLab.A4) && c.Transition.Cause == BfdTransitionCause.NeighborSignaledAdminDown);

        (await a.OnlyAsync()).Status.State.Should().Be(BfdState.Up);
        await a.SetAsync([]);
        await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up, 2);
        UntilFree(lab.A, "a port that no session needs is free, once the peer has answered");
    }

    [Fact]
    public async Task Disposed_NothingIsLeft()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        var watch = WatchAsync(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4), BfdLab.To(BfdLab.B6)]);
        Threads().Should().Contain("Loxi.Bfd").And.Contain("Loxi.Bfd events");

        await a.DisposeAsync();
        await a.DisposeAsync();

        // The kernel's side of a thread ends a moment after it was joined.
        SpinWait.SpinUntil(static () => !Threads().Any(static t => t is "Loxi.Bfd" or "Loxi.Bfd events"), TimeSpan.FromSeconds(10)).Should().BeTrue("both threads have ended");
        a.Completion.IsCompletedSuccessfully.Should().BeTrue();
        (await watch).Should().Be(2, "of both sessions AdminDown was told, and then it ended");
        await FluentActions.Awaiting(() => a.SetAsync([])).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(a.ReadSessionsAsync).Should().ThrowAsync<ObjectDisposedException>();
    }

    /// <summary>The peer waits for longer than we are stopped: nothing happens on either side.</summary>
    [Fact]
    public async Task StoppedFor200Milliseconds_ShorterThanTheDetectionTime_NothingHappens()
    {
        await using var lab = new BfdLab();
        var (a, changes, b) = await UpAsync(lab, BfdLab.To(BfdLab.B4, 300), "--interval", "300000");
        using (changes)
        {
            changes.Clear();
            for (var i = 0; i < 3; i++)
            {
                b.Pause();
                await Task.Delay(200, TestContext.Current.CancellationToken); // the length of the stop is what is tested
                b.Continue();
                await a.ReceiveMoreAsync(4);
            }

            changes.Seen.Should().BeEmpty();
            ChangesOf(b).Should().OnlyContain(static l => !l.Contains(" Up Down "));
        }
    }

    /// <summary>
    /// We are stopped for longer than our detection time, and the peer has gone on sending: its packets were stamped by the kernel and wait, so that it is not
    /// taken for silent. It bears with our silence, because our multiplier is 100.
    /// </summary>
    [Fact]
    public async Task StoppedForLongerThanTheDetectionTime_ThePacketsThatWaitedDecide()
    {
        await using var lab = new BfdLab();
        var (a, changes, b) = await UpAsync(lab, BfdLab.To(BfdLab.B4), "--interval", "50000", "--multiplier", "100");
        using (changes)
        {
            changes.Clear();
            b.Pause();
            await SendMoreAsync(a, 12);
            b.Continue();
            await a.ReceiveMoreAsync(10);

            changes.Seen.Should().BeEmpty();
            ChangesOf(b).Should().OnlyContain(static l => !l.Contains(" Up Down "));
            b.Signal(SigTerm);
            await b.Completion;
            StatusOf(b).Should().MatchRegex("LateWakes = [1-9]", "that we were late is recorded");
        }
    }

    /// <summary>As before, and the peer goes down for our silence, as 200 ms are longer than its 150 ms: we hear that from it, and do not blame it.</summary>
    [Fact]
    public async Task StoppedForLongerThanThePeerWaits_ItsDownIsWhatWeHear()
    {
        await using var lab = new BfdLab();
        var (_, changes, b) = await UpAsync(lab, BfdLab.To(BfdLab.B4), "--interval", "50000");
        using (changes)
        {
            changes.Clear();
            b.Pause();
            await changes.WaitForAsync(static c => c.Transition.Cause == BfdTransitionCause.DetectionTimeExpired);
            b.Continue();
            await changes.WaitForAsync(BfdState.Up);

            await b.WaitForLineAsync(" Up Down NeighborSignaledDown ");
            ChangesOf(b).Should().OnlyContain(static l => !l.Contains("DetectionTimeExpired"));
        }
    }

    /// <summary>As before, and so much has come meanwhile that the peer's packets were lost: what the buffer could not hold is not silence.</summary>
    [Fact]
    public async Task StoppedWhileTheReceiveBufferOverflows_ThePeerIsNotTakenForSilent()
    {
        await using var lab = new BfdLab();
        var (a, changes, b) = await UpAsync(lab, BfdLab.To(BfdLab.B4), "--interval", "50000", "--multiplier", "100");
        using (changes)
        {
            var report = await a.OnlyAsync();
            changes.Clear();
            b.Pause();
            await SendMoreAsync(a, 2);
            using (var flood = new Flood(lab.A, BfdLab.A4, BfdLab.B4, 3784))
            {
                flood.Send(2000, BfdState.Up, report.Status.LocalDiscriminator, report.Status.RemoteDiscriminator);
            }

            await SendMoreAsync(a, 12);
            b.Continue();
            await a.ReceiveMoreAsync(10);

            changes.Seen.Should().BeEmpty();
            ChangesOf(b).Should().OnlyContain(static l => !l.Contains(" Up Down "));
            b.Signal(SigTerm);
            await b.Completion;
            StatusOf(b).Should().MatchRegex("LostDatagrams = [1-9]");
        }
    }

    private static void UntilFree(LabHost host, string because) =>
        SpinWait.SpinUntil(() => BfdLab.IsFree(host, 3784), TimeSpan.FromSeconds(10)).Should().BeTrue(because);

    private static async Task<(BfdSpeaker A, Changes Changes, LabProcess B)> UpAsync(BfdLab lab, BfdSessionSettings settings, params string[] arguments)
    {
        var b = await BfdLab.StartAsync(lab.B, ["--peer", "192.0.2.1", .. arguments]);
        var a = lab.Speaker(lab.A);
        var changes = new Changes(a);
        await a.SetAsync([settings]);
        await changes.WaitForAsync(BfdState.Up);
        await b.WaitForLineAsync(" Up Handshake ");
        // Past the Poll Sequences that end the slow start.
        await a.WaitUntilAsync((BfdSessionReport r) => !r.Status.PollActive && r.Status.TransmitInterval == settings.DesiredMinTxInterval, "at its interval");
        await a.ReceiveMoreAsync(3);
        return (a, changes, b);
    }

    private static async Task SendMoreAsync(BfdSpeaker speaker, ulong packets)
    {
        var before = (await speaker.OnlyAsync()).Status.TransmittedPackets;
        await speaker.WaitUntilAsync((BfdSessionReport report) => report.Status.TransmittedPackets >= before + packets, $"{packets} packets more");
    }

    private static async Task<int> WatchAsync(BfdSpeaker speaker)
    {
        var downs = 0;
        await foreach (var change in speaker.WatchAsync())
        {
            downs += change.Transition.To == BfdState.AdminDown ? 1 : 0;
        }

        return downs;
    }

    private static string StatusOf(LabProcess process) => process.Lines.Single(static l => l.StartsWith("BfdSpeakerStatus ", StringComparison.Ordinal));

    private static IEnumerable<string> ChangesOf(LabProcess process) => process.Lines.Where(static l => l.StartsWith("192.0.2.1 ", StringComparison.Ordinal)).Append("end");

    private static IReadOnlyCollection<string> Threads() => [.. Directory.GetDirectories("/proc/self/task").Select(static t =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(t, "comm")).Trim();
        }
        catch (IOException)
        {
            return ""; // it has ended since
        }
    })];
}
