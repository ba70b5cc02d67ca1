using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Api.Wire;

namespace Loxi.Cli.Commands;

/// <summary>Services and pools in which two nodes differ, each by its name: what nodes tell each other is only that they differ.</summary>
internal static class HaDifferences
{
    /// <summary>Services and pools of a node as texts to compare, by their names.</summary>
    public static async Task<(SortedDictionary<string, string> Services, SortedDictionary<string, string> Pools)> ReadAsync(LoxiClient node, CancellationToken cancellationToken) =>
        (Services(await node.ListServicesAsync(cancellationToken)), Pools(await node.ListPoolsAsync(cancellationToken)));

    /// <summary>Names what differs.</summary>
    public static IEnumerable<HaFinding> Compare(string what, SortedDictionary<string, string> here, SortedDictionary<string, string> there, Uri address)
    {
        foreach (var name in here.Keys.Union(there.Keys).Order(StringComparer.Ordinal))
        {
            var found = (here.GetValueOrDefault(name), there.GetValueOrDefault(name)) switch
            {
                (null, _) => $"is on {address.Authority} alone",
                (_, null) => $"is not on {address.Authority}",
                var (own, other) => own == other ? null : $"is another on {address.Authority}",
            };
            if (found is not null)
            {
                yield return new HaFinding { Subject = $"{what} {name}", Found = found, Expected = "the same on all nodes", Remedy = "make it again on one of them" };
            }
        }
    }

    /// <summary>Without what differs by nature: state and counters of endpoints, and the order in which they were named.</summary>
    private static SortedDictionary<string, string> Services(IReadOnlyList<LoadbalanceEntry> entries)
    {
        var services = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var a = entry.ServiceArguments;
            var endpoints = (entry.Endpoints ?? []).OfType<LoadbalanceEndpoint>().Select(static e => e with { State = null, Counter = null })
                .OrderBy(static e => (e.EndpointIP, e.TargetPort, e.Weight));
            var name = ServiceNames.Of(a?.ExternalIP, a?.Protocol, a?.Port ?? 0, a?.PortMax ?? 0) + (a?.Block is > 0 ? $" block {a.Block}" : "") + (string.IsNullOrEmpty(a?.Host) ? "" : $" host {a.Host}");
            services[name] = JsonSerializer.Serialize(entry with { Endpoints = [.. endpoints] }, LoxiJson.LoadbalanceEntry);
        }

        return services;
    }

    private static SortedDictionary<string, string> Pools(IReadOnlyList<Pool> entries)
    {
        var pools = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var pool in entries)
        {
            pools[pool.Name ?? ""] = JsonSerializer.Serialize(pool, LoxiJson.Pool);
        }

        return pools;
    }
}
