using System.Globalization;
using System.Reflection;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Selection;
using Loxi.Nat.Statistics;
using Loxi.Node.Options;
using Loxi.Node.Rest;

namespace Loxi.Node.Composition;

/// <summary>What the node is and what it counts.</summary>
internal sealed class NodeStatusSource(NatBalancer balancer, NodeOptions options, LogLevelSwitch logLevel, TimeProvider time) : INodeStatus
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>The version of this program.</summary>
    public static string ProgramVersion { get; } =
        typeof(NodeStatusSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public VersionInfo Version { get; } = new() { Version = ProgramVersion, BuildInfo = string.Create(CultureInfo.InvariantCulture, $"loxi, layout {NatBalancer.Layout}, hash seed 0x{options.HashSeed ?? Maglev.DefaultSeed:x16}") };

    public LogLevel LogLevel
    {
        get => logLevel.Level;
        set => logLevel.Level = value;
    }

    public Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(new NodeStatus
    {
        Instance = options.Instance,
        Version = ProgramVersion,
        Layout = NatBalancer.Layout,
        HashSeed = string.Create(CultureInfo.InvariantCulture, $"0x{options.HashSeed ?? Maglev.DefaultSeed:x16}"),
        UptimeSeconds = (long)time.GetElapsedTime(_started).TotalSeconds,
        Adopted = balancer.Adopted,
        Services = balancer.Current.Count,
        Connections = balancer.Connections.Count,
        MaxConnections = balancer.Connections.Capacity,
        Interfaces = [.. balancer.Interfaces.Select(i => new InterfaceStatus { Name = i.Name, Index = i.Index, Hook = i.Hook })],
    });

    public Task<NodeCounters> GetCountersAsync(CancellationToken cancellationToken) => Task.FromResult(new NodeCounters
    {
        Reasons = [.. balancer.ReadReasons().Select(r => new Api.V1.ReasonCounter { Name = r.Name, Verdict = VerdictOf(r.Name), Packets = r.Packets })],
        Services = [.. balancer.ReadServices().Select(Count)],
    });

    /// <summary>The first word of a reason is its verdict; the others are notes about packets that have one already.</summary>
    private static string VerdictOf(string reason) => reason.Split('_')[0] switch
    {
        "pass" => "pass",
        "drop" or "refused" => "drop",
        _ => "note",
    };

    private static ServiceCounters Count(ServiceStatus status) => new()
    {
        Name = status.Service.Name,
        ExternalIP = status.Service.Key.Vip.ToString(),
        Port = status.Service.Key.Port,
        PortMax = status.Service.Key.PortMax,
        Block = status.Service.Key.Block,
        Host = status.Service.Key.Host,
        Protocol = ServiceProtocolNames.NameOf(status.Service.Key.Protocol),
        Packets = status.Endpoints.Aggregate(0UL, (sum, e) => sum + e.Counters.PacketsIn + e.Counters.PacketsOut),
        Bytes = status.Endpoints.Aggregate(0UL, (sum, e) => sum + e.Counters.BytesIn + e.Counters.BytesOut),
        NewConnections = status.Connections,
        ActiveConnections = status.Endpoints.Sum(e => e.Counters.Active),
        Refused = status.Refused,
        Endpoints = [.. status.Endpoints.Select(Count)],
    };

    private static Api.V1.EndpointCounters Count(EndpointStatus status) => new()
    {
        EndpointIP = status.Endpoint.Address.ToString(),
        TargetPort = status.Endpoint.Port,
        Weight = status.Endpoint.Weight,
        State = status.IsActive ? "active" : "inactive",
        Packets = status.Counters.PacketsIn + status.Counters.PacketsOut,
        Bytes = status.Counters.BytesIn + status.Counters.BytesOut,
        NewConnections = status.Counters.Connections,
        ActiveConnections = status.Counters.Active,
    };
}
