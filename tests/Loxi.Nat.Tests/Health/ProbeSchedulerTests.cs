using System.Net;
using FluentAssertions;
using Loxi.Nat.Health;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.Tests.Health;

public sealed class ProbeSchedulerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<(TimeSpan At, HealthChange Change)> _changes = [];
    private readonly FakeProbe _probe;
    private readonly List<ProbeScheduler> _schedulers = [];

    public ProbeSchedulerTests() => _probe = new FakeProbe(_time);

    [Fact]
    public async Task Endpoint_ProbedEveryPeriodWithoutDrift()
    {
        var target = Target(1, new ProbeSettings { Jitter = 0 });
        var scheduler = Create();
        await scheduler.ApplyAsync([target], TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(100), TimeSpan.FromMilliseconds(7));

        var starts = _probe.Starts[target];
        starts.Should().HaveCount(50);
        for (var i = 0; i < starts.Count; i++)
        {
            // Steps of 7 ms start a probe up to 7 ms late; the lateness may not add up.
            (starts[i] - starts[0]).Should().BeCloseTo(TimeSpan.FromSeconds(2 * i), TimeSpan.FromMilliseconds(8));
        }
    }

    [Fact]
    public async Task Jitter_StaysWithinItsPartAndDoesNotAddUp()
    {
        var target = Target(1, new ProbeSettings { Jitter = 0.1 });
        var scheduler = Create();
        await scheduler.ApplyAsync([target], TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(200), TimeSpan.FromMilliseconds(5));

        var starts = _probe.Starts[target];
        var offsets = starts.Select((at, i) => (at - starts[0] - TimeSpan.FromSeconds(2 * i)).TotalMilliseconds).ToArray();
        offsets.Should().OnlyContain(offset => offset > -6 && offset < 206);
        offsets.Max().Should().BeGreaterThan(100);
    }

    [Fact]
    public async Task EndpointDiesSilently_DownWithinSixSecondsAndReportedOnce()
    {
        var target = Target(1);
        var scheduler = Create();
        await scheduler.ApplyAsync([target], TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(10));
        var died = FakeProbe.At(_time);

        _probe.Answer = static _ => null;
        Advance(TimeSpan.FromSeconds(60));

        _changes.Select(change => change.Change.Current.State).Should().Equal(HealthState.Up, HealthState.Down);
        _changes[1].Change.Should().Match<HealthChange>(change => change.Cause == ProbeResult.TimedOut && change.Previous == HealthState.Up && change.Target == target);
        (_changes[1].At - died).Should().BeLessThan(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task EndpointReturns_UpAfterRise()
    {
        var target = Target(1);
        var scheduler = Create();
        _probe.Answer = static _ => ProbeResult.Refused;
        await scheduler.ApplyAsync([target], TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(10));

        _probe.Answer = static _ => ProbeResult.Success;
        Advance(TimeSpan.FromSeconds(5));

        _changes.Select(change => change.Change.Current.State).Should().Equal(HealthState.Down, HealthState.Up);
    }

    [Fact]
    public async Task SameTargetForTwoServices_ProbedOnce()
    {
        var scheduler = Create();
        await scheduler.ApplyAsync([Target(1), Target(1)], TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(20));

        scheduler.TargetCount.Should().Be(1);
        _probe.Starts[Target(1)].Count.Should().BeInRange(9, 11);
    }

    [Fact]
    public async Task SameSetAgain_KeepsStateAndPhase()
    {
        var scheduler = Create();
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(10));
        var before = scheduler.TryGetStatus(Target(1))!;

        for (var i = 0; i < 100; i++)
        {
            await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);
            Advance(TimeSpan.FromMilliseconds(100));
        }

        var after = scheduler.TryGetStatus(Target(1))!;
        after.Health.Since.Should().Be(before.Health.Since);
        (after.Probes - before.Probes).Should().Be(5);
    }

    [Fact]
    public async Task TargetLeavesWhileProbed_CancelledAndNotReported()
    {
        var scheduler = Create();
        _probe.Answer = static _ => null;
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);
        while (_probe.Starts.Count == 0)
        {
            Advance(TimeSpan.FromMilliseconds(10));
        }

        await scheduler.ApplyAsync([], TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(10));

        _probe.Cancelled.Should().Be(1);
        _probe.Starts[Target(1)].Should().HaveCount(1);
        scheduler.RunningProbes.Should().Be(0);
        scheduler.TryGetStatus(Target(1)).Should().BeNull();
        _changes.Should().BeEmpty();
    }

    [Fact]
    public async Task ManySilentTargets_NeverMoreProbesThanAllowedAndAllFound()
    {
        var scheduler = Create(new ProbeSchedulerOptions { MaxConcurrent = 10 });
        _probe.Answer = static _ => null;
        await scheduler.ApplyAsync(Enumerable.Range(1, 30).Select(i => Target(i)), TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(30));

        _probe.Peak.Should().Be(10);
        scheduler.DeferredProbes.Should().BePositive();
        scheduler.GetStatuses().Should().OnlyContain(status => status.Health.State == HealthState.Down);
    }

    [Fact]
    public async Task FiveThousandTargets_EachProbedEveryPeriodSpreadOverIt()
    {
        var scheduler = Create();
        await scheduler.ApplyAsync(Enumerable.Range(1, 5000).Select(i => Target(i)), TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10));

        _probe.Starts.Should().HaveCount(5000);
        _probe.Starts.Values.Should().OnlyContain(starts => starts.Count >= 9 && starts.Count <= 11);
        var perTenth = _probe.Starts.Values.Select(starts => (int)(starts[0].TotalMilliseconds / 200)).GroupBy(tenth => tenth).Select(group => group.Count());
        perTenth.Max().Should().BeLessThan(1000);
    }

    [Fact]
    public async Task ClockJumpsAhead_OneProbeNotABurst()
    {
        var scheduler = Create();
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(10));
        var before = _probe.Starts[Target(1)].Count;

        _time.Advance(TimeSpan.FromHours(1));

        (_probe.Starts[Target(1)].Count - before).Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task ProbeThrows_CountedAsLocalErrorAndStateKept()
    {
        var scheduler = Create();
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(5));

        _probe.Answer = static _ => throw new InvalidOperationException("no descriptors");
        Advance(TimeSpan.FromSeconds(20));

        var status = scheduler.TryGetStatus(Target(1))!;
        status.Health.State.Should().Be(HealthState.Up);
        status.LastResult.Should().Be(ProbeResult.LocalError);
        status.LocalErrors.Should().BeGreaterThan(5);
    }

    [Fact]
    public async Task AnswerNoticedOnlyAfterTheTimeout_StillCounts()
    {
        var scheduler = Create();
        _probe.AnswerOnCancel = ProbeResult.Success;
        _probe.Answer = static _ => null;
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(20));

        scheduler.TryGetStatus(Target(1))!.Should().Match<ProbeStatus>(status => status.Health.State == HealthState.Up && status.FailedProbes == 0);
    }

    [Fact]
    public async Task CallbackThrows_ProbingGoesOn()
    {
        var scheduler = new ProbeScheduler(_probe, _time, new Random(1), static _ => throw new InvalidOperationException("consumer"));
        _schedulers.Add(scheduler);
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);

        Advance(TimeSpan.FromSeconds(20));

        scheduler.TryGetStatus(Target(1))!.Probes.Should().BeGreaterThan(8);
    }

    [Fact]
    public async Task WrongTargets_AllNamedAndNothingChanged()
    {
        var scheduler = Create();
        await scheduler.ApplyAsync([Target(1)], TestContext.Current.CancellationToken);

        var act = async () => await scheduler.ApplyAsync(
            [Target(2) with { Port = 0 }, Target(3, new ProbeSettings { Fall = 0 }), new ProbeTarget(IPAddress.Any, 80, new ProbeSettings())]);

        (await act.Should().ThrowAsync<ArgumentException>()).Which.Message.Should().ContainAll("Port is 0", "Fall is 0", "0.0.0.0:80");
        scheduler.GetStatuses().Should().ContainSingle().Which.Target.Should().Be(Target(1));
    }

    [Fact]
    public async Task Disposed_ProbesCancelledAndNothingReported()
    {
        var scheduler = Create();
        _probe.Answer = static _ => null;
        await scheduler.ApplyAsync(Enumerable.Range(1, 50).Select(i => Target(i)), TestContext.Current.CancellationToken);
        Advance(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        var reported = _changes.Count;

        await scheduler.DisposeAsync();
        Advance(TimeSpan.FromSeconds(10));

        scheduler.RunningProbes.Should().Be(0);
        _changes.Should().HaveCount(reported);
        var act = async () => await scheduler.ApplyAsync([]);
        await act.Should().ThrowAsync<ObjectDisposedException>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var scheduler in _schedulers)
        {
            await scheduler.DisposeAsync();
        }
    }

    private static ProbeTarget Target(int i, ProbeSettings? settings = null) =>
        new(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 8080, settings ?? new ProbeSettings());

    private ProbeScheduler Create(ProbeSchedulerOptions? options = null)
    {
        var scheduler = new ProbeScheduler(_probe, _time, new Random(1), change => _changes.Add((FakeProbe.At(_time), change)), options);
        _schedulers.Add(scheduler);
        return scheduler;
    }

    private void Advance(TimeSpan total, TimeSpan? step = null)
    {
        var size = step ?? TimeSpan.FromMilliseconds(10);
        for (var passed = TimeSpan.Zero; passed < total; passed += size)
        {
            _time.Advance(size);
        }
    }
}
