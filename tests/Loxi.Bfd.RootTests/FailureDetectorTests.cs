using System.Collections.Concurrent;
using FluentAssertions;
using Loxi.Bfd.RootTests.Support;
using Loxi.Bfd.Session;
using Loxi.Core.Failures;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>The contract of <see cref="IFailureDetector"/>: first what is known, then each change.</summary>
public sealed class FailureDetectorTests
{
    [Fact]
    public async Task WhoComesLate_HearsWhatIsKnown_ThenTheChanges()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        var detector = new BfdFailureDetector(a);
        using var changes = new Changes(a);
        using var early = new Heard(detector);
        var start = MonotonicClock.Nanoseconds;
        await a.SetAsync([BfdLab.To(BfdLab.B4), BfdLab.To(BfdLab.B6), BfdLab.To(System.Net.IPAddress.Parse("192.0.2.3"))]);
        await b.SetAsync([BfdLab.To(BfdLab.A4), BfdLab.To(BfdLab.A6)]);
        await changes.WaitForAsync(BfdState.Up, 2);

        using var late = new Heard(detector);
        var known = await late.WaitForAsync(2);

        known.Select(static k => (k.Peer, k.State)).Should().BeEquivalentTo([(BfdLab.B4, ReachabilityState.Up), (BfdLab.B6, ReachabilityState.Up)], "192.0.2.3 was never there");
        known.Should().OnlyContain(k => k.Time > start && k.Time < MonotonicClock.Nanoseconds);
        known.Should().BeEquivalentTo(await early.WaitForAsync(2), "whenever somebody comes, it is the same");

        // A failure: who comes after it hears it with its time.
        lab.B.SetUp("eth0", false);
        var downs = (await late.WaitForAsync(4)).Skip(2).ToList();
        downs.Should().OnlyContain(static k => k.State == ReachabilityState.Down && k.IsTrusted);
        using var later = new Heard(detector);
        (await later.WaitForAsync(2)).Should().BeEquivalentTo(downs);
    }

    [Fact]
    public async Task SessionThatIsRemoved_IsUnknown_AndNothingForThoseWhoComeLater()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        var detector = new BfdFailureDetector(a);
        using var early = new Heard(detector);
        await a.SetAsync([BfdLab.To(BfdLab.B4), BfdLab.To(BfdLab.B6)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4), BfdLab.To(BfdLab.A6)]);
        await early.WaitForAsync(2);

        await a.SetAsync([BfdLab.To(BfdLab.B6)]);

        (await early.WaitForAsync(3))[2].Should().Match<PeerReachability>(static k => k.Peer.Equals(BfdLab.B4) && k.State == ReachabilityState.Unknown);
        using var late = new Heard(detector);
        (await late.WaitForAsync(1)).Should().ContainSingle().Which.Peer.Should().Be(BfdLab.B6);
    }

    [Fact]
    public async Task SubscriptionThatHasEnded_HearsNothing()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        var detector = new BfdFailureDetector(a);
        var ended = new Heard(detector);
        ended.Dispose();
        using var goesOn = new Heard(detector);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await goesOn.WaitForAsync(1);

        ended.Count.Should().Be(0);
        await a.DisposeAsync();
        using var afterwards = new Heard(detector);
        afterwards.Count.Should().Be(0, "there is nobody to ask any more");
    }

    private sealed class Heard : IDisposable
    {
        private readonly ConcurrentQueue<PeerReachability> _heard = new();
        private readonly SemaphoreSlim _arrivals = new(0);
        private readonly IDisposable _subscription;

        public Heard(IFailureDetector detector) => _subscription = detector.Subscribe(told =>
        {
            _heard.Enqueue(told);
            _arrivals.Release();
        });

        public int Count => _heard.Count;

        public async Task<IReadOnlyList<PeerReachability>> WaitForAsync(int count)
        {
            while (_heard.Count < count)
            {
                (await _arrivals.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken)).Should().BeTrue($"{count} are told, {_heard.Count} were");
            }

            return [.. _heard];
        }

        public void Dispose()
        {
            _subscription.Dispose();
            _arrivals.Dispose();
        }
    }
}
