using Loxi.Bfd.Diagnostics;
using Loxi.Bgp.Diagnostics;
using Loxi.Ha.Announce;
using Loxi.Ha.Diagnostics;
using Loxi.Ha.Sync.Speaker;
using Loxi.Nat.Statistics;
using Loxi.Node.Ha;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Loxi.Node.Composition;

/// <summary>Publishes the counters of the balancer, of BFD, of roles and of BGP; Prometheus takes them from <c>/metrics</c>.</summary>
internal static class NodeMetrics
{
    /// <summary>Series of one instrument, e.g. two directions of 4 endpoints of 10,000 services; the exporter's own default is 2,000.</summary>
    private const int MaxSeries = 131_072;

    public static void Add(WebApplicationBuilder builder, string instance)
    {
        builder.Services.AddSingleton<HaAlarmMetrics>();
        builder.Services.AddHostedService<MetricsStarter>();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("loxid", serviceInstanceId: instance))
            .WithMetrics(metrics => metrics
                .AddMeter(NatMetrics.MeterName, BfdMetrics.MeterName, BgpMetrics.MeterName, HaMetrics.MeterName, HaAlarmMetrics.MeterName, AnnounceMetrics.MeterName, SyncMetrics.MeterName)
                .AddView(static instrument => HasManySeries(instrument.Name) ? new MetricStreamConfiguration { CardinalityLimit = MaxSeries } : null)
                .AddPrometheusExporter());
    }

    private static bool HasManySeries(string name) => name.StartsWith("loxi.nat.service", StringComparison.Ordinal)
        || name.StartsWith("loxi.nat.endpoint", StringComparison.Ordinal) || name.StartsWith("loxi.bfd.session.", StringComparison.Ordinal)
        || name.StartsWith("loxi.bgp.", StringComparison.Ordinal);

    /// <summary>Makes the meters when the host starts: nobody else asks for them.</summary>
    private sealed class MetricsStarter(NatMetrics nat, BfdMetrics bfd, HaMetrics ha, HaAlarmMetrics alarms, AnnounceMetrics announcements, SyncMetrics? sync = null, BgpMetrics? bgp = null) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            nat.Start();
            bfd.Start();
            ha.Start();
            alarms.Start();
            announcements.Start();
            sync?.Start();
            bgp?.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
