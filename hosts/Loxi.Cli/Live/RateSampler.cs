using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Cli.Commands;

namespace Loxi.Cli.Live;

/// <summary>Looks at the counters and compares them with those of the last look, over the time that really passed.</summary>
internal sealed class RateSampler(LoxiClient client, TimeProvider time)
{
    private Dictionary<(string Service, string Endpoint), CounterReading> _before = [];
    private long _beforeAt;

    /// <summary>What the last look found.</summary>
    public IReadOnlyList<Rates> Last { get; private set; } = [];

    public async Task<IReadOnlyList<Rates>> SampleAsync(CancellationToken cancellationToken)
    {
        var counters = await client.GetCountersAsync(cancellationToken);
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_beforeAt, now);
        var readings = new Dictionary<(string Service, string Endpoint), CounterReading>();
        var rates = new List<Rates>();
        foreach (var service in counters.Services)
        {
            var name = NameOf(service);
            rates.Add(Compare(
                new Rates { Service = name, Endpoint = "", State = StateOf(service), Active = service.ActiveConnections, Refused = service.Refused },
                new CounterReading(service.NewConnections, service.Packets, service.Bytes)));
            foreach (var endpoint in service.Endpoints)
            {
                rates.Add(Compare(
                    new Rates
                    {
                        Service = name,
                        Endpoint = ServiceNames.At(endpoint.EndpointIP, endpoint.TargetPort),
                        State = endpoint.State,
                        Active = endpoint.ActiveConnections,
                        Refused = endpoint.Refused,
                    },
                    new CounterReading(endpoint.NewConnections, endpoint.Packets, endpoint.Bytes)));
            }
        }

        (_before, _beforeAt, Last) = (readings, now, rates);
        return rates;

        Rates Compare(Rates row, CounterReading reading)
        {
            readings[(row.Service, row.Endpoint)] = reading;
            return !_before.TryGetValue((row.Service, row.Endpoint), out var before) ? row : row with
            {
                Connections = CounterReading.RateOf(before.Connections, reading.Connections, elapsed),
                Packets = CounterReading.RateOf(before.Packets, reading.Packets, elapsed),
                Bytes = CounterReading.RateOf(before.Bytes, reading.Bytes, elapsed),
            };
        }
    }

    private static string NameOf(ServiceCounters service)
    {
        var key = ServiceNames.Of(service.ExternalIP, service.Protocol, service.Port, service.Port);
        return service.Name.Length == 0 ? key : $"{key} {service.Name}";
    }

    private static string StateOf(ServiceCounters service) => $"{service.Endpoints.Count(static e => e.State == "active")}/{service.Endpoints.Count}";
}
