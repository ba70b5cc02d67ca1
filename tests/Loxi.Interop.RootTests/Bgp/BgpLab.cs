using System.Globalization;
using System.Net;
using Loxi.Bgp;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Hosts on one switch: host n has 192.0.2.n, 2001:db8::n and fe80::n on <c>eth0</c>.</summary>
internal sealed class BgpLab : IAsyncDisposable
{
    private readonly Lab _lab = Lab.Create();
    private readonly LabHost _switch;
    private readonly Dictionary<int, LabHost> _hosts = [];
    private readonly List<OurRouter> _nodes = [];

    public BgpLab()
    {
        _switch = _lab.AddHost("switch");
        _switch.AddBridge("br0");
    }

    public static IPAddress V4(int host) => new([192, 0, 2, (byte)host]);

    public static IPAddress V6(int host) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2001:db8::{host}"));

    public static IPAddress LinkLocal(int host) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fe80::{host}"));

    /// <summary>A host of the switch, made when it is first asked for.</summary>
    public LabHost Host(int number)
    {
        if (_hosts.TryGetValue(number, out var known))
        {
            return known;
        }

        var host = _lab.AddHost(string.Create(CultureInfo.InvariantCulture, $"h{number}"));
        var port = string.Create(CultureInfo.InvariantCulture, $"port{number}");
        _lab.Connect(host, "eth0", _switch, port);
        _switch.AttachToBridge("br0", port);
        host.AddAddress("eth0", $"{V4(number)}/24", $"{V6(number)}/64", $"{LinkLocal(number)}/64");
        _hosts.Add(number, host);
        return host;
    }

    /// <summary>A daemon on a host.</summary>
    public BgpPeer Peer(int number, BgpDaemon kind) => BgpPeer.On(Host(number), kind);

    /// <summary>Our speaker on a host, whose IPv4 address is its router id.</summary>
    public OurRouter Node(int number, uint localAs, params BgpPeerSettings[] peers)
    {
        var node = new OurRouter(Host(number), new BgpConfiguration(new BgpSpeakerSettings(localAs, V4(number))) { Peers = [.. peers] });
        _nodes.Add(node);
        return node;
    }

    /// <summary>Takes the cable of a host out of the switch: it has its carrier, and nothing passes.</summary>
    public void Unplug(int host) => _switch.Ip(string.Create(CultureInfo.InvariantCulture, $"link set port{host} nomaster"));

    public void Plug(int host) => _switch.AttachToBridge("br0", string.Create(CultureInfo.InvariantCulture, $"port{host}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _lab.DisposeAsync();
    }
}
