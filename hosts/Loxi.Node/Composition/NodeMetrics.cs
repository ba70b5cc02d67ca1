using Loxi.Nat.Statistics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Loxi.Node.Composition;

/// <summary>Publishes the balancer's counters; Prometheus takes them from <c>/metrics</c>.</summary>
internal static class NodeMetrics
{
    /// <summary>Series of one instrument, e.g. two directions of 4 endpoints of 10,000 services; the exporter's own default is 2,000.</summary>
    private const int MaxSeries = 131_072;

    public static void Add(WebApplicationBuilder builder, string instance)
    {
        builder.Services.AddHostedService<MetricsStarter>();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("loxid", serviceInstanceId: instance))
            .WithMetrics(metrics => metrics
                .AddMeter(NatMetrics.MeterName)
                .AddView(static instrument => IsByService(instrument.Name) ? new MetricStreamConfiguration { CardinalityLimit = MaxSeries } : null)
                .AddPrometheusExporter());
    }

    private static bool IsByService(string name) =>
        name.StartsWith("loxi.nat.service", StringComparison.Ordinal) || name.StartsWith("loxi.nat.endpoint", StringComparison.Ordinal);

    /// <summary>Makes the meter when the host starts: nobody else asks for it.</summary>
    private sealed class MetricsStarter(NatMetrics metrics) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            metrics.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
