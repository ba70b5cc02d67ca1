using Loxi.Nat.Statistics;
using OpenTelemetry.Metrics;

namespace Loxi.Node.Composition;

/// <summary>Publishes the balancer's counters; Prometheus takes them from <c>/metrics</c>.</summary>
internal static class NodeMetrics
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<MetricsStarter>();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(NatMetrics.MeterName).AddPrometheusExporter());
    }

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
