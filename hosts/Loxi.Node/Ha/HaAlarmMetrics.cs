using System.Diagnostics.Metrics;
using Loxi.Node.Rest;

namespace Loxi.Node.Ha;

/// <summary>The alarms as a metric, each name always there, so that a rule can ask for any of them.</summary>
internal sealed class HaAlarmMetrics(IMeterFactory meters, INodeHa node)
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Node.Ha";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Meter _meter = meters.Create(MeterName);

    /// <summary>Makes the instrument.</summary>
    public void Start() => _meter.CreateObservableGauge("loxi.ha.alarms", Read, "{alarm}", "Alarms that are not over, by name.");

    private IEnumerable<Measurement<long>> Read()
    {
        using var patience = new CancellationTokenSource(Patience);
        var reading = default(HaReading);
        try
        {
            // Collecting is synchronous.
            reading = node.ReadAsync(patience.Token).WaitAsync(Patience).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or ObjectDisposedException or InvalidOperationException or RefusedRequestException)
        {
            // The node starts or stops: there is nothing to measure.
            return [];
        }

        var counts = reading is null ? [] : HaAlarms.Of(reading).CountBy(static a => a.Name).ToDictionary(StringComparer.Ordinal);
        return reading is null ? [] : HaAlarms.Names.Select(name => new Measurement<long>(counts.GetValueOrDefault(name), new KeyValuePair<string, object?>("name", name)));
    }
}
