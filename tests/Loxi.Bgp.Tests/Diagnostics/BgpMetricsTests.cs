using System.Diagnostics.Metrics;
using System.Net;
using FluentAssertions;
using Loxi.Bgp.Diagnostics;
using Loxi.Bgp.Tests.Live;
using Loxi.Bgp.Tests.Transport.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Diagnostics;

public sealed class BgpMetricsTests
{
    [Fact]
    public async Task Values_SayWhatTheSpeakerDoes()
    {
        await using var lab = await LiveLab.StartAsync();
        var peer = await lab.EstablishAsync();
        // ATOMIC_AGGREGATE of one octet is discarded, a MED of three withdraws.
        await peer.SendAsync(Announce(Mandatory, Attribute(Transitive, 6, 0)), Update([], [.. Mandatory, .. Attribute(Optional, 4, 0, 0, 1)], [24, 203, 0, 113]));
        await LiveLab.UntilAsync(() => lab.Report.Counters.TreatedAsWithdrawn == 1);
        (await RawPeer.IsResetAsync(lab.StrangerAddress, lab.EndPoint)).Should().BeTrue();
        var next = IPAddress.Parse("192.0.2.9");
        // The last one has no next hop on a session over IPv4.
        await lab.Speaker.SetAdvertisementsAsync(
            [new(IPNetwork.Parse("10.0.0.1/32")) { NextHop = next }, new(IPNetwork.Parse("10.0.0.2/32")) { NextHop = next }, new(IPNetwork.Parse("2001:db8::1/128"))], TestContext.Current.CancellationToken);
        (await lab.Speaker.FlushAsync(TimeSpan.FromSeconds(20))).Should().BeTrue();
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var meters = provider.GetRequiredService<IMeterFactory>();
        new BgpMetrics(meters, lab.Speaker).Start();

        var values = Collect(meters);

        var of = $"peer={lab.PeerAddress}";
        values.Should().Contain([
            "loxi.bgp.peers 2 state=established", "loxi.bgp.peers 0 state=idle", "loxi.bgp.peers 0 state=open_sent",
            $"loxi.bgp.peer.up 1 {of}", $"loxi.bgp.peer.established 1 {of}",
            $"loxi.bgp.peer.messages 3 {of} direction=in type=update", $"loxi.bgp.peer.messages 5 {of} direction=in type=all", $"loxi.bgp.peer.messages 0 {of} direction=in type=notification",
            $"loxi.bgp.prefixes 1 {of} family=ipv4_unicast kind=received", $"loxi.bgp.prefixes 1 {of} family=ipv4_unicast kind=accepted", $"loxi.bgp.prefixes 2 {of} family=ipv4_unicast kind=advertised",
            $"loxi.bgp.prefixes 0 {of} family=ipv4_unicast kind=pending", $"loxi.bgp.prefixes 0 {of} family=ipv4_unicast kind=missing", $"loxi.bgp.prefixes 1 {of} family=ipv6_unicast kind=missing",
            $"loxi.bgp.errors 1 {of} reaction=attribute_discard", $"loxi.bgp.errors 1 {of} reaction=treat_as_withdraw",
            "loxi.bgp.announcements 3", "loxi.bgp.routes 3 family=ipv4_unicast", "loxi.bgp.routes 1 family=ipv6_unicast", "loxi.bgp.strangers 1", "loxi.bgp.repairs 0",
        ]);
        values.Should().ContainMatch($"loxi.bgp.peer.uptime * {of}");
    }

    private static List<string> Collect(IMeterFactory meters)
    {
        List<string> values = [];
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.InstrumentPublished = (instrument, l) =>
        {
            // Other tests have meters of the same name.
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == BgpMetrics.MeterName)
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
