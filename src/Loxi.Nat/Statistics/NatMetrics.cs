using System.Diagnostics.Metrics;
using Loxi.Core.Services;

namespace Loxi.Nat.Statistics;

/// <summary>The balancer's counters as a meter. They are read from the kernel when somebody collects them.</summary>
public sealed class NatMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Nat";

    private readonly Meter _meter;
    private readonly NatBalancer _balancer;

    /// <summary>Makes the meter; it has no instruments until <see cref="Start"/>.</summary>
    /// <param name="meters">Where to make it.</param>
    /// <param name="balancer">What to measure.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public NatMetrics(IMeterFactory meters, NatBalancer balancer)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(balancer);
        _meter = meters.Create(MeterName);
        _balancer = balancer;
    }

    /// <summary>
    /// Makes the instruments: <c>loxi.nat.packets</c> by reason; <c>loxi.nat.answers</c> by kind and outcome; <c>loxi.nat.fragments</c> by fate; <c>loxi.nat.translations</c> and <c>loxi.nat.neighbours</c> by outcome; <c>loxi.nat.records.failed</c>;
    /// connections, refusals, packets and bytes by service and endpoint; entries and capacity of the table; <c>loxi.nat.attachments.lost</c> by interface.
    /// </summary>
    public void Start()
    {
        _meter.CreateObservableCounter("loxi.nat.packets", ReadReasons, "{packet}", "Packets by what became of them and why.");
        _meter.CreateObservableCounter("loxi.nat.answers", ReadAnswers, "{packet}", "Answers (RST, ABORT, ICMP) to refused packets by kind, sent or suppressed by the limits on their rate.");
        _meter.CreateObservableCounter("loxi.nat.fragments", ReadFragments, "{packet}", "Fragments that came before the first one of their datagram, by what became of them.");
        _meter.CreateObservableCounter("loxi.nat.translations", ReadTranslations, "{packet}", "Packets that user space was to translate between the address families, by what became of them.");
        _meter.CreateObservableCounter("loxi.nat.neighbours", ReadNeighbours, "{request}", "Neighbours that packets missed and that the kernel was to find: asked for, suppressed, failed.");
        _meter.CreateObservableCounter("loxi.nat.records.failed", () => _balancer.FailedRecords, "{record}", "Records of the data plane that could not be handled.");
        _meter.CreateObservableCounter("loxi.nat.service.connections", () => ReadServices(s => s.Connections), "{connection}", "Connections made.");
        _meter.CreateObservableCounter("loxi.nat.service.refused", () => ReadServices(s => s.Refused), "{packet}", "Packets refused in the name of a service.");
        _meter.CreateObservableCounter("loxi.nat.endpoint.packets", () => ReadEndpoints(e => e.PacketsIn, e => e.PacketsOut), "{packet}", "Packets by endpoint and direction.");
        _meter.CreateObservableCounter("loxi.nat.endpoint.io", () => ReadEndpoints(e => e.BytesIn, e => e.BytesOut), "By", "Bytes by endpoint and direction.");
        _meter.CreateObservableGauge("loxi.nat.endpoint.active", ReadActive, "{connection}", "Connections in the table.");
        _meter.CreateObservableGauge("loxi.nat.endpoint.up", ReadUp, "1", "1 when the endpoint gets new connections, else 0.");
        _meter.CreateObservableGauge("loxi.nat.connections", () => _balancer.Connections.Count, "{connection}", "Connections in the table.");
        _meter.CreateObservableGauge("loxi.nat.connections.limit", () => _balancer.Connections.Capacity, "{connection}", "Connections that fit, by address family.");
        _meter.CreateObservableCounter("loxi.nat.connections.expired", () => _balancer.Connections.Expired, "{connection}", "Connections that ended by silence.");
        _meter.CreateObservableCounter("loxi.nat.attachments.lost", ReadLosses, "{loss}", "How often somebody else took the programs off an interface.");
    }

    private IEnumerable<Measurement<long>> ReadLosses() => _balancer.Losses.Select(static l => new Measurement<long>(l.Count, new KeyValuePair<string, object?>("interface", l.Name)));

    private IEnumerable<Measurement<long>> ReadReasons() =>
        _balancer.ReadReasons().Select(r => new Measurement<long>((long)r.Packets, new KeyValuePair<string, object?>("reason", r.Name)));

    private IEnumerable<Measurement<long>> ReadTranslations() =>
        _balancer.ReadTranslations().Select(t => new Measurement<long>(t.Packets, new KeyValuePair<string, object?>("outcome", NatStatistics.SnakeCase(t.Status.ToString()))));

    private IEnumerable<Measurement<long>> ReadNeighbours()
    {
        var counters = _balancer.ReadNeighbours();
        yield return new Measurement<long>(counters.Asked, new KeyValuePair<string, object?>("outcome", "asked"));
        yield return new Measurement<long>(counters.Suppressed, new KeyValuePair<string, object?>("outcome", "suppressed"));
        yield return new Measurement<long>(counters.Failed, new KeyValuePair<string, object?>("outcome", "failed"));
    }

    private IEnumerable<Measurement<long>> ReadAnswers()
    {
        foreach (var answer in _balancer.ReadAnswers())
        {
            var kind = new KeyValuePair<string, object?>("kind", NatStatistics.SnakeCase(answer.Kind.ToString()));
            yield return new Measurement<long>(answer.Sent, kind, new("outcome", "sent"));
            yield return new Measurement<long>(answer.Suppressed, kind, new("outcome", "suppressed"));
        }
    }

    private IEnumerable<Measurement<long>> ReadFragments()
    {
        var counters = _balancer.ReadFragments();
        var refused = counters.Invalid + counters.Duplicate + counters.Overlap + counters.TooManyFragments + counters.TooManyDatagrams + counters.NoRoom + counters.Condemned;
        foreach (var (fate, count) in new[] { ("held", counters.Held), ("sent", counters.Taken - counters.Unsent), ("unsent", counters.Unsent), ("expired", counters.Expired), ("refused", refused) })
        {
            yield return new Measurement<long>(count, new KeyValuePair<string, object?>("fate", fate));
        }
    }

    private IEnumerable<Measurement<long>> ReadServices(Func<ServiceStatus, ulong> value) =>
        _balancer.ReadServices().Select(s => new Measurement<long>((long)value(s), TagsOf(s.Service)));

    private IEnumerable<Measurement<long>> ReadEndpoints(Func<EndpointCounters, ulong> towards, Func<EndpointCounters, ulong> back)
    {
        foreach (var (service, endpoint) in Endpoints())
        {
            yield return new Measurement<long>((long)towards(endpoint.Counters), [.. TagsOf(service, endpoint), new("direction", "in")]);
            yield return new Measurement<long>((long)back(endpoint.Counters), [.. TagsOf(service, endpoint), new("direction", "out")]);
        }
    }

    private IEnumerable<Measurement<long>> ReadActive() =>
        Endpoints().Select(e => new Measurement<long>(e.Endpoint.Counters.Active, TagsOf(e.Service, e.Endpoint)));

    private IEnumerable<Measurement<long>> ReadUp() =>
        Endpoints().Select(e => new Measurement<long>(e.Endpoint.IsActive ? 1 : 0, TagsOf(e.Service, e.Endpoint)));

    private IEnumerable<(Service Service, EndpointStatus Endpoint)> Endpoints() =>
        _balancer.ReadServices().SelectMany(s => s.Endpoints.Select(e => (s.Service, e)));

    private static KeyValuePair<string, object?>[] TagsOf(Service service) =>
        [new("service", service.Key.ToString()), new("name", service.Name)];

    private static KeyValuePair<string, object?>[] TagsOf(Service service, EndpointStatus endpoint) =>
        [.. TagsOf(service), new("endpoint", endpoint.Endpoint.ToString())];
}
