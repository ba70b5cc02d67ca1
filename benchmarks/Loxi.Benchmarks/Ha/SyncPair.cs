using System.Globalization;
using System.Text.Json;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat.Tables;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <summary>Two loxid on the segment of scenario 1 that decide by themselves and keep their connections alike, over a link of their own too; and their tables of connections as their programs see them.</summary>
internal sealed class SyncPair : IAsyncDisposable
{
    /// <summary>The port of the service whose connections stay for two hours.</summary>
    internal const ushort LongPort = 9;

    /// <summary>The port of the service whose connections stay for two minutes.</summary>
    internal const ushort ShortPort = 10;

    /// <summary>The port of the service whose endpoint sees the VIP.</summary>
    internal const ushort FullNatPort = 11;
    private const int Default = 0;
    private const int FullNat = 2;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly List<BpfMap> _opened = [];
    private readonly string[] _pins = new string[2];
    private readonly int _connections;

    private SyncPair(int connections) => _connections = connections;

    internal ScenarioLab Lab { get; private set; } = null!;

    /// <summary>The node that serves.</summary>
    internal ScenarioNode Master { get; private set; } = null!;

    internal ScenarioNode Backup => Lab.Nodes[1 - Master.Index];

    /// <summary>Starts both; ends when one serves and the other one is ready to.</summary>
    /// <param name="connections">Room for so many.</param>
    internal static async Task<SyncPair> StartAsync(int connections)
    {
        var pair = new SyncPair(connections);
        try
        {
            await pair.BeginAsync();
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the connections of a node, and where its tables are.</summary>
    internal (PinDirectory Pins, TypedMap<RawFlowKey4, RawFlow> Table) Open(ScenarioNode node)
    {
        var pins = PinDirectory.Open($"/sys/fs/bpf/loxi/{node.Host.Instance}");
        if (!pins.TryOpenMap("flow4", null, out var map))
        {
            throw new InvalidOperationException($"{node.Name} has no pinned map 'flow4' in {pins.Path}");
        }

        _opened.Add(map);
        return (pins, new(map));
    }

    /// <summary>Starts a node that does not run.</summary>
    internal Task StartAsync(ScenarioNode node) => node.StartAsync(Flags(node.Index));

    /// <summary>Waits until one node serves and the other one has all that it has.</summary>
    internal async Task ReadyAsync()
    {
        for (var begin = LabClock.Now; ; await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System))
        {
            var states = await Task.WhenAll(Lab.Nodes.Select(StateAsync));
            if (Array.FindIndex(states, static state => state.Role == "master") is >= 0 and var master && states[1 - master] is { Role: "backup", IsReady: true } && states[master].IsReady)
            {
                Master = Lab.Nodes[master];
                return;
            }

            if (LabClock.Now - begin > _patience)
            {
                throw new InvalidOperationException($"ha: no pair that is ready within {_patience.TotalSeconds} s: {string.Join("; ", states)}\n{Lab.Nodes[1].Daemon.Tail()}");
            }
        }
    }

    /// <summary>Records that a node has sent once more because sums differed.</summary>
    internal static async Task<long> ReadResentAsync(ScenarioNode node)
    {
        using var answer = JsonDocument.Parse((await node.SendAsync(HttpMethod.Get, "/loxi/v1/ha")).Text);
        return answer.RootElement.GetProperty("peers").EnumerateArray().Sum(static peer => peer.GetProperty("sync").GetProperty("resent").GetInt64());
    }

    /// <exception cref="InvalidOperationException">Another node serves than did: on a machine that is too busy for roles nothing was measured.</exception>
    internal async Task RequireRolesAsync()
    {
        var before = Master;
        await ReadyAsync();
        if (Master != before)
        {
            throw new InvalidOperationException($"ha: {Master.Name} serves, no longer {before.Name}: the machine is too busy to measure this");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _opened.ForEach(static map => map.Dispose());
        if (Lab is not null)
        {
            await Lab.DisposeAsync();
        }
    }

    private static async Task<(string? Role, bool IsReady)> StateAsync(ScenarioNode node)
    {
        using var answer = JsonDocument.Parse((await node.SendAsync(HttpMethod.Get, "/loxi/v1/ha")).Text);
        var groups = answer.RootElement.GetProperty("groups");
        var hasAll = answer.RootElement.TryGetProperty("sync", out var sync) && sync.GetProperty("ready").GetBoolean()
            && answer.RootElement.GetProperty("peers").EnumerateArray().All(static peer => peer.TryGetProperty("sync", out var stream) && stream.GetProperty("state").GetString() == "ready");
        return groups.GetArrayLength() == 0 ? (null, false) : (groups[0].GetProperty("role").GetString(), hasAll && groups[0].GetProperty("readiness").GetString() == "ready");
    }

    private async Task BeginAsync()
    {
        Lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, PeerLink = true, ControllerRoles = false, EchoMode = FullNat, EchoProcesses = true, NodeFlags = Flags });
        foreach (var node in Lab.Nodes)
        {
            _pins[node.Index] = await node.ReadPinAsync();
        }

        await Lab.StartAsync();
        foreach (var node in Lab.Nodes)
        {
            node.Host.Ip("route add 198.18.0.0/15 via 192.168.80.100");
            foreach (var (port, mode, seconds) in new[] { (LongPort, Default, 7200), (ShortPort, Default, 120), (FullNatPort, FullNat, 120) })
            {
                await node.PostAsync("config/loadbalancer", new
                {
                    serviceArguments = new { externalIP = Lab.Vip.ToString(), port, protocol = "udp", mode, inactiveTimeOut = seconds, name = string.Create(CultureInfo.InvariantCulture, $"flows{port}:llb-inst0") },
                    endpoints = new[] { new { endpointIP = ScenarioLab.EndpointAddress(0), targetPort = port, weight = 1 } },
                });
            }
        }

        await ReadyAsync();
    }

    private string[] Flags(int index) =>
    [
        .. ScenarioLab.PeerFlags(index),
        $"--ha-sync={_pins[1 - index]}",
        string.Create(CultureInfo.InvariantCulture, $"--max-connections={_connections}"),
    ];
}
