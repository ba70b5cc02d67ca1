using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>A route that a daemon has put into its host's kernel.</summary>
internal sealed record KernelRoute(IPNetwork Prefix, ImmutableArray<IPAddress> Gateways)
{
    /// <summary>All that daemons have put there.</summary>
    public static IReadOnlyList<KernelRoute> ReadAll(LabHost host)
        => [.. Parse(host.Ip("-j -4 route show"), 32), .. Parse(host.Ip("-j -6 route show"), 128)];

    private static IEnumerable<KernelRoute> Parse(string json, int length)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var route in document.RootElement.EnumerateArray())
        {
            if (route.TryGetProperty("protocol", out var protocol) && protocol.GetString() is "bgp" or "bird")
            {
                var destination = route.GetProperty("dst").GetString()!;
                var prefix = IPNetwork.Parse(destination.Contains('/', StringComparison.Ordinal) ? destination : string.Create(CultureInfo.InvariantCulture, $"{destination}/{length}"));
                IEnumerable<JsonElement> hops = route.TryGetProperty("nexthops", out var several) ? several.EnumerateArray() : [route];
                yield return new KernelRoute(prefix, [.. hops.Select(Gateway).OfType<IPAddress>()]);
            }
        }
    }

    private static IPAddress? Gateway(JsonElement hop)
        => hop.TryGetProperty("gateway", out var gateway) ? IPAddress.Parse(gateway.GetString()!)
            : hop.TryGetProperty("via", out var via) ? IPAddress.Parse(via.GetProperty("host").GetString()!)
            : null;
}
