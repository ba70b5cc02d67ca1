using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Failures;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Engine;
using Loxi.Linux.Namespaces;
using Loxi.TestKit.Topology;

namespace Loxi.Ha.RootTests.Support;

/// <summary>
/// Nodes 0, 1, … on two switches: <c>eth0</c> with 192.0.2.1+n, 2001:db8::1+n and fe80::1+n, <c>eth1</c> with 198.51.100.1+n. Their speakers are in this process and work inside of the
/// hosts. The last host, <c>x</c>, is nobody's peer.
/// </summary>
internal sealed class HaLab : IAsyncDisposable
{
    public const string Group = "default";

    private const int Priority = 10;

    private readonly Lab _lab = Lab.Create();
    private readonly List<RoleSpeaker> _speakers = [];
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly LabHost _switch;
    private readonly int _nodes;
    private readonly string _state = Directory.CreateTempSubdirectory("loxi-ha-").FullName;

    public HaLab(int nodes = 2)
    {
        var links = (_lab.AddHost("s0"), _lab.AddHost("s1"));
        _switch = links.Item1;
        _nodes = nodes;
        links.Item1.AddBridge("br0");
        links.Item2.AddBridge("br0");
        for (var n = 0; n <= nodes; n++)
        {
            var host = _lab.AddHost(n == nodes ? "x" : $"n{n}");
            Hosts.Add(host);
            _lab.Connect(host, "eth0", links.Item1, $"p{n}");
            _lab.Connect(host, "eth1", links.Item2, $"p{n}");
            links.Item1.AttachToBridge("br0", $"p{n}");
            links.Item2.AttachToBridge("br0", $"p{n}");
            host.AddAddress("eth0", $"{First(n)}/24", $"2001:db8::{n + 1}/64", $"fe80::{n + 1}/64");
            host.AddAddress("eth1", $"{Second(n)}/24");
        }
    }

    public List<LabHost> Hosts { get; } = [];

    public LabHost Stranger => Hosts[^1];

    public static IPAddress First(int node) => IPAddress.Parse($"192.0.2.{node + 1}");

    public static IPAddress Second(int node) => IPAddress.Parse($"198.51.100.{node + 1}");

    /// <summary>A node with both paths to each of the others, and one VIP group.</summary>
    public static RoleSpeakerSettings Node(int node, int nodes = 2, int milliseconds = 100) => new()
    {
        NodeId = (ushort)node,
        Slices = 4,
        Interval = TimeSpan.FromMilliseconds(milliseconds),
        Peers = [.. Enumerable.Range(0, nodes).Where(n => n != node).Select(n => Peer(node, n))],
        Groups = [new RoleGroup(Group)],
    };

    public static RolePeer Peer(int from, int to) => new((ushort)to)
    {
        Paths =
        [
            new RolePath(First(to)) { LocalAddress = First(from), Interface = "eth0" },
            new RolePath(Second(to)) { LocalAddress = Second(from), Interface = "eth1" },
        ],
    };

    /// <summary>The directory of a node's state.</summary>
    public string StateOf(int node) => Path.Combine(_state, $"{node}");

    /// <summary>A speaker, disposed with the lab; in the real-time class where that is allowed, because the machine may be busy.</summary>
    public RoleSpeaker Speaker(int node, Gates? gates = null, IRoleEffects? effects = null, IFailureDetector? failures = null, IRoleWitness? witness = null)
    {
        var handle = NetworkNamespace.OpenPath(Hosts[node].NamespacePath);
        _namespaces.Add(handle);
        var speaker = new RoleSpeaker(new RoleSpeakerOptions { NetworkNamespace = handle, RealTimePriority = Priority, StateDirectory = StateOf(node) }, gates, effects, failures, witness: witness);
        _speakers.Add(speaker);
        return speaker;
    }

    /// <summary>Two ready nodes of which node 0 serves.</summary>
    public async Task<(RoleSpeaker Master, RoleSpeaker Backup)> PairAsync(Func<RoleSpeakerSettings, RoleSpeakerSettings>? change = null)
    {
        change ??= static s => s;
        var (a, b) = (Speaker(0), Speaker(1));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(change(Node(0)));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await b.ReadyAsync(change(Node(1)));
        await ofB.WaitForRoleAsync(HelloRole.Backup);
        return (a, b);
    }

    /// <summary>Makes a node deaf on its interfaces.</summary>
    public void Deafen(int node, params string[] interfaces)
    {
        var host = Hosts[node];
        host.Exec("nft", "add table inet deaf");
        host.Exec("nft", "add chain inet deaf in { type filter hook input priority 0; }");
        foreach (var name in interfaces)
        {
            host.Exec("nft", $"add rule inet deaf in iifname {name} udp dport {HelloPort.Number} drop");
        }
    }

    /// <summary>The first switch lets nothing pass between a node and the last host any more. May be called for several.</summary>
    public void CutFromStranger(int node)
    {
        _switch.Exec("nft", "add table bridge cut");
        _switch.Exec("nft", "add chain bridge cut f { type filter hook forward priority 0; }");
        _switch.Exec("nft", $"add rule bridge cut f iifname p{node} oifname p{_nodes} drop");
        _switch.Exec("nft", $"add rule bridge cut f iifname p{_nodes} oifname p{node} drop");
    }

    public void HealSwitch() => _switch.Exec("nft", "delete table bridge cut");

    public void Heal(int node) => Hosts[node].Exec("nft", "delete table inet deaf");

    public async ValueTask DisposeAsync()
    {
        foreach (var speaker in _speakers)
        {
            await speaker.DisposeAsync();
        }

        _namespaces.ForEach(static handle => handle.Dispose());
        await _lab.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }
}
