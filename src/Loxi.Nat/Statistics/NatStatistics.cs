using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Statistics;

/// <summary>Sums the per-CPU counters of the programs.</summary>
internal sealed class NatStatistics(NatMaps maps, ConnectionTable connections)
{
    private static readonly (uint Index, string Name)[] Reasons =
        [.. Enum.GetValues<RawReason>().Where(r => r != RawReason.None).Select(r => ((uint)r, SnakeCase(r.ToString())))];

    public ImmutableArray<ReasonCounter> ReadReasons()
    {
        var perCpu = new RawReasonStats[maps.ReasonStats.CpuCount];
        var counters = ImmutableArray.CreateBuilder<ReasonCounter>(Reasons.Length);
        foreach (var (index, name) in Reasons)
        {
            maps.ReasonStats.TryLookup(index, perCpu);
            var sum = default(RawReasonStats);
            foreach (var one in perCpu)
            {
                sum.Packets += one.Packets;
                sum.Bytes += one.Bytes;
            }

            counters.Add(new ReasonCounter(name, sum.Packets, sum.Bytes));
        }

        return counters.MoveToImmutable();
    }

    /// <summary>Where the counters of a service are, without reading them: quick, so that the tables may be held meanwhile.</summary>
    public static ServicePlaces Locate(Service service, ServiceSlot slot)
    {
        var places = new List<(ServiceEndpoint Endpoint, uint Index, bool IsActive)>(service.Endpoints.Length);
        foreach (var endpoint in service.Endpoints)
        {
            var key = (WireAddress.ToNumber(WireAddress.From(endpoint.Address)), endpoint.Port);
            if (slot.Endpoints.TryGetValue(key, out var place))
            {
                places.Add((endpoint, place.Index, place.Active));
            }
        }

        return new ServicePlaces(service, slot.Id, places);
    }

    public ServiceStatus Read(ServicePlaces places)
    {
        var stats = Sum(places.Id);
        return new ServiceStatus(
            places.Service, stats.Flows, stats.Refused, [.. places.Endpoints.Select(e => new EndpointStatus(e.Endpoint, e.IsActive, ReadEndpoint(e.Index)))]);
    }

    private EndpointCounters ReadEndpoint(uint index)
    {
        Span<RawEndpointStats> perCpu = new RawEndpointStats[maps.EndpointStats.CpuCount];
        maps.EndpointStats.TryLookup(index, perCpu);
        var sum = default(RawEndpointStats);
        foreach (var one in perCpu)
        {
            sum.PacketsIn += one.PacketsIn;
            sum.BytesIn += one.BytesIn;
            sum.PacketsOut += one.PacketsOut;
            sum.BytesOut += one.BytesOut;
            sum.Flows += one.Flows;
        }

        return new EndpointCounters(sum.PacketsIn, sum.BytesIn, sum.PacketsOut, sum.BytesOut, sum.Flows, connections.ActiveOf(index));
    }

    private RawServiceStats Sum(uint id)
    {
        var perCpu = new RawServiceStats[maps.ServiceStats.CpuCount];
        maps.ServiceStats.TryLookup(id, perCpu);
        var sum = default(RawServiceStats);
        foreach (var one in perCpu)
        {
            sum.Flows += one.Flows;
            sum.Refused += one.Refused;
        }

        return sum;
    }

    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLower(letter, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
