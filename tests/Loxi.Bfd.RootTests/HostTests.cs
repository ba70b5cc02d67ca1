using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FluentAssertions;
using Loxi.Bfd.Diagnostics;
using Loxi.Bfd.RootTests.Support;
using Loxi.Bfd.Session;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>The speaker of a container: with the host, and its meter.</summary>
public sealed class HostTests
{
    [Fact]
    public async Task StartWithHost_SessionsAreThereFromStartToStop()
    {
        await using var lab = new BfdLab();
        var b = lab.Speaker(lab.B);
        using var changes = new Changes(b);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        var services = new ServiceCollection();
        services.AddLoxiBfd().StartWithHost(BfdLab.To(BfdLab.B4));
        await using var provider = services.BuildServiceProvider();
        var hosted = provider.GetRequiredService<IHostedService>();

        lab.A.Run(() => hosted.StartAsync(TestContext.Current.CancellationToken).Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Should().BeTrue();
        await changes.WaitForAsync(BfdState.Up);
        await hosted.StopAsync(TestContext.Current.CancellationToken);

        (await changes.WaitForAsync(BfdState.Down))[0].Transition.Cause.Should().Be(BfdTransitionCause.NeighborSignaledAdminDown);
    }

    [Fact]
    public async Task StartWithHost_WrongSessions_TheHostDoesNotStart()
    {
        var services = new ServiceCollection();
        services.AddLoxiBfd().StartWithHost(BfdLab.To(BfdLab.B4, detectMult: 0));
        await using var provider = services.BuildServiceProvider();

        await FluentActions.Awaiting(() => provider.GetRequiredService<IHostedService>().StartAsync(default)).Should().ThrowAsync<InvalidBfdSessionsException>();
    }

    [Fact]
    public async Task Metrics_SayWhatTheSpeakerDoes()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4), BfdLab.To(BfdLab.B6)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);
        using (var flood = new Flood(lab.B, BfdLab.B4, BfdLab.A4, 3784))
        {
            flood.Send(3, BfdState.Up, 7, 0xdeadbeef);
        }

        await a.WaitUntilAsync((BfdSpeakerStatus s) => s.Discards.Length > 0, "discards");
        var services = new ServiceCollection();
        services.AddMetrics();
        await using var provider = services.BuildServiceProvider();
        var metrics = new BfdMetrics(provider.GetRequiredService<IMeterFactory>(), a);
        metrics.Start();

        var values = Collect();

        values.Should().Contain("loxi.bfd.sessions 1 state=up").And.Contain("loxi.bfd.sessions 1 state=down").And.Contain("loxi.bfd.sessions 0 state=init");
        values.Should().Contain("loxi.bfd.session.up 1 peer=192.0.2.2 local= interface= kind=single_hop").And.Contain("loxi.bfd.session.up 0 peer=2001:db8::2 local= interface= kind=single_hop");
        values.Should().ContainMatch("loxi.bfd.session.packets * peer=192.0.2.2 local= interface= kind=single_hop direction=in");
        values.Should().ContainMatch("loxi.bfd.session.detection_time * peer=192.0.2.2 *").And.ContainMatch("loxi.bfd.discards ? reason=unknown_your_discriminator");
        values.Should().ContainMatch("loxi.bfd.wakes *").And.ContainMatch("loxi.bfd.lateness.max *").And.Contain("loxi.bfd.datagrams.lost 0");
        await a.DisposeAsync();
        await Task.Delay(300, TestContext.Current.CancellationToken); // a reading serves for 200 ms
        Collect().Should().BeEmpty("there is nothing to measure any more");
    }

    private static ConcurrentBag<string> Collect()
    {
        var values = new ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.InstrumentPublished = static (instrument, l) =>
        {
            if (instrument.Meter.Name == BfdMetrics.MeterName)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.Start();
        listener.RecordObservableInstruments();
        return values;

        void Add(Instrument instrument, object value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            values.Add($"{instrument.Name} {value}{string.Concat(tags.ToArray().Select(static t => $" {t.Key}={t.Value}"))}");
    }
}
