using System.Net;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Loxi.Linux.Namespaces;
using Loxi.TestKit.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Bgp.RootTests.Support;

/// <summary>
/// Two hosts on a link: 192.0.2.1, 2001:db8::1 and fe80::1 on <c>eth0</c> of A, .2 and ::2 on B; or with a router between them, behind which B is
/// 198.51.100.2 and 2001:db8:1::2. Peers in this process work inside of the hosts.
/// </summary>
internal sealed class BgpLab : IAsyncDisposable
{
    public static readonly IPAddress A4 = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress B4 = IPAddress.Parse("192.0.2.2");
    public static readonly IPAddress A6 = IPAddress.Parse("2001:db8::1");
    public static readonly IPAddress B6 = IPAddress.Parse("2001:db8::2");
    public static readonly IPAddress Far4 = IPAddress.Parse("198.51.100.2");
    public static readonly IPAddress Far6 = IPAddress.Parse("2001:db8:1::2");
    public static readonly IPAddress LinkA = IPAddress.Parse("fe80::1");
    public static readonly IPAddress LinkB = IPAddress.Parse("fe80::2");

    private readonly Lab _lab = Lab.Create();
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<NetworkNamespace> _namespaces = [];

    public BgpLab(bool routed = false)
    {
        A = _lab.AddHost("a");
        B = _lab.AddHost("b");
        if (!routed)
        {
            _lab.Connect(A, "eth0", B, "eth0");
            A.AddAddress("eth0", $"{A4}/24", $"{A6}/64", $"{LinkA}/64");
            B.AddAddress("eth0", $"{B4}/24", $"{B6}/64", $"{LinkB}/64");
            return;
        }

        var router = _lab.AddHost("r");
        _lab.Connect(A, "eth0", router, "left");
        _lab.Connect(B, "eth0", router, "right");
        router.AddAddress("left", "192.0.2.254/24", "2001:db8::fe/64");
        router.AddAddress("right", "198.51.100.254/24", "2001:db8:1::fe/64");
        router.Sysctl("net.ipv4.ip_forward", "1");
        router.Sysctl("net.ipv6.conf.all.forwarding", "1");
        B.AddAddress("eth0", $"{Far4}/24", $"{Far6}/64");
        A.AddAddress("eth0", $"{A4}/24", $"{A6}/64");
        A.IpBatch("route add 198.51.100.0/24 via 192.0.2.254", "route add 2001:db8:1::/64 via 2001:db8::fe");
        B.IpBatch("route add 192.0.2.0/24 via 198.51.100.254", "route add 2001:db8::/64 via 2001:db8:1::fe");
    }

    public LabHost A { get; }

    public LabHost B { get; }

    /// <summary>Another link between both.</summary>
    public void Link(string name, string ofA, string ofB)
    {
        _lab.Connect(A, name, B, name);
        A.AddAddress(name, ofA);
        B.AddAddress(name, ofB);
    }

    /// <summary>A handle of a host's namespace, closed with the lab.</summary>
    public NetworkNamespace Namespace(LabHost host)
    {
        var handle = NetworkNamespace.OpenPath(host.NamespacePath);
        _namespaces.Add(handle);
        return handle;
    }

    /// <summary>A peer on a host, not started, with a listener of its family on port 179.</summary>
    public LabPeer Add(LabHost host, uint @as, string identifier, BgpPeerSettings settings)
    {
        var peer = new LabPeer(Namespace(host), new BgpSpeakerSettings(@as, IPAddress.Parse(identifier)), settings);
        _owned.Add(peer);
        return peer;
    }

    /// <summary>A on A towards <paramref name="b"/>, B on B towards <paramref name="a"/>, in different ASes.</summary>
    public (LabPeer A, LabPeer B) Pair(IPAddress a, IPAddress b, Func<BgpPeerSettings, BgpPeerSettings>? ofA = null, Func<BgpPeerSettings, BgpPeerSettings>? ofB = null)
    {
        var toB = new BgpPeerSettings(b, 64_513) { ConnectRetryTime = TimeSpan.FromMilliseconds(500), ConnectRetryLimit = TimeSpan.FromSeconds(1) };
        var toA = toB with { Address = a, RemoteAs = 64_512 };
        return (Add(A, 64_512, "192.0.2.1", ofA?.Invoke(toB) ?? toB), Add(B, 64_513, "192.0.2.2", ofB?.Invoke(toA) ?? toA));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }

        _namespaces.ForEach(static handle => handle.Dispose());
        await _lab.DisposeAsync();
    }
}
