using System.Diagnostics.Metrics;
using FluentAssertions;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

public class SyncMetricsTests
{
    [Fact]
    public async Task APairOfNodes_IsMeasured()
    {
        await using var a = new SpeakerNode(0);
        await using var b = new SpeakerNode(1);
        await SpeakerNode.ConnectAsync(a, b);
        b.Table.Put(1, 10);
        await a.Table.UntilAsync(static t => t.Count == 1);
        await a.UntilReadyWithAsync(1);
        await using var stranger = new SpeakerNode(0);
        await stranger.ApplyAsync(b.AsPeer);
        await b.UntilAsync(static t => t.Refusal == SyncRefusal.NotPinned);

        var measured = Measure(a);

        measured["loxi.ha.sync.ready"].Should().Be(1);
        measured["loxi.ha.sync.entries state=there"].Should().Be(1);
        measured["loxi.ha.sync.streams peer=1 channel=live"].Should().Be(1);
        measured["loxi.ha.sync.streams peer=1 channel=bulk"].Should().Be(1);
        measured["loxi.ha.sync.records peer=1 kind=received"].Should().BeGreaterThanOrEqualTo(1);
        measured["loxi.ha.sync.backlog peer=1"].Should().Be(0);
        measured["loxi.ha.sync.missing peer=1"].Should().Be(0);
        measured["loxi.ha.sync.peer peer=1 state=alive"].Should().Be(1);
        measured["loxi.ha.sync.peer peer=1 state=joined"].Should().Be(1);
        measured["loxi.ha.sync.peer peer=1 state=joining"].Should().Be(0);
        measured["loxi.ha.sync.peer peer=1 state=lacks"].Should().Be(0);
        measured.Keys.Select(static k => k.Split(' ')[0]).Distinct().Should().HaveCount(13, "nothing was refused, and no frame was wrong");
        Measure(b)["loxi.ha.sync.refusals reason=not_pinned"].Should().BeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task ASpeakerWithoutSettings_MeasuresNothing()
    {
        await using var a = new SpeakerNode(0);

        Measure(a).Should().BeEmpty();
    }

    [Fact]
    public void ASpeakerThatCannotBeRead_IsAskedOnceForAllInstruments()
    {
        var speaker = new Failing();

        Measure(speaker).Should().BeEmpty();

        speaker.Reads.Should().Be(1);
    }

    private static Dictionary<string, double> Measure(SpeakerNode node) => Measure(node.Speaker);

    private static Dictionary<string, double> Measure(ISyncSpeaker speaker)
    {
        using var meters = new Meters();
        var metrics = new SyncMetrics(meters, speaker, new StandingClock());
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == meters.Meter)
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured[Name(instrument, tags)] = value);
        listener.Start();
        metrics.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, value) in tags)
        {
            name += $" {key}={value}";
        }

        return name;
    }

    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private sealed class Failing : ISyncSpeaker
    {
        public int Reads { get; private set; }

        public CertificatePin Pin => default;

        public IDisposable Subscribe(Action<SyncSpeakerEvent> listener) => throw new NotSupportedException();

        public Task<SyncSpeakerStatus> ReadStatusAsync()
        {
            Reads++;
            return Task.FromException<SyncSpeakerStatus>(new InvalidOperationException("It has not begun."));
        }
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
