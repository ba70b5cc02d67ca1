using System.Net;
using System.Net.Sockets;
using Loxi.Linux.Namespaces;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Microsoft.Extensions.Logging;

namespace Loxi.Bfd.RootTests.Support;

/// <summary>
/// Two hosts on a link: 192.0.2.1, 2001:db8::1 and fe80::1 on <c>eth0</c> of A, .2 and ::2 on B; or with a router between them, behind which B is
/// 198.51.100.2 and 2001:db8:1::2. Speakers in this process work inside of the hosts.
/// </summary>
internal sealed class BfdLab : IAsyncDisposable
{
    public static readonly IPAddress A4 = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress B4 = IPAddress.Parse("192.0.2.2");
    public static readonly IPAddress A6 = IPAddress.Parse("2001:db8::1");
    public static readonly IPAddress B6 = IPAddress.Parse("2001:db8::2");
    public static readonly IPAddress Far4 = IPAddress.Parse("198.51.100.2");
    public static readonly IPAddress Far6 = IPAddress.Parse("2001:db8:1::2");

    private const int Priority = 10;

    private readonly Lab _lab = Lab.Create();
    private readonly List<BfdSpeaker> _speakers = [];
    private readonly List<NetworkNamespace> _namespaces = [];

    public BfdLab(bool routed = false)
    {
        A = _lab.AddHost("a");
        B = _lab.AddHost("b");
        if (routed)
        {
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
            return;
        }

        _lab.Connect(A, "eth0", B, "eth0");
        AddAddresses();
    }

    public LabHost A { get; }

    public LabHost B { get; }

    public static BfdSessionSettings To(IPAddress peer, int milliseconds = 50, int detectMult = 3) => new(peer)
    {
        DesiredMinTxInterval = TimeSpan.FromMilliseconds(milliseconds),
        RequiredMinRxInterval = TimeSpan.FromMilliseconds(milliseconds),
        DetectMult = detectMult,
    };

    /// <summary>Deletes the link between the two.</summary>
    public void DeleteLink() => A.Ip("link del eth0");

    /// <summary>Makes it again, under the same names.</summary>
    public void MakeLink()
    {
        A.Ip($"link add eth0 type veth peer name eth0 netns {B.NamespaceName}");
        A.SetUp("eth0", true);
        B.SetUp("eth0", true);
        AddAddresses();
    }

    private void AddAddresses()
    {
        A.AddAddress("eth0", $"{A4}/24", $"{A6}/64", "fe80::1/64");
        B.AddAddress("eth0", $"{B4}/24", $"{B6}/64", "fe80::2/64");
    }

    /// <summary>A handle of a host's namespace, closed with the lab.</summary>
    public NetworkNamespace Namespace(LabHost host)
    {
        var handle = NetworkNamespace.OpenPath(host.NamespacePath);
        _namespaces.Add(handle);
        return handle;
    }

    /// <summary>Whether nobody on a host has a UDP port of IPv4.</summary>
    public static bool IsFree(LabHost host, int port)
    {
        using var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    /// <summary>A speaker on a host, disposed with the lab; in the real-time class where that is allowed, because the machine may be busy.</summary>
    public BfdSpeaker Speaker(LabHost host, ILoggerFactory? loggers = null, int priority = Priority, TimeSpan? stopTimeout = null)
    {
        var options = new BfdSpeakerOptions { NetworkNamespace = Namespace(host), RealTimePriority = priority };
        var speaker = new BfdSpeaker(options with { StopTimeout = stopTimeout ?? options.StopTimeout }, loggers);
        _speakers.Add(speaker);
        return speaker;
    }

    /// <summary>A speaker as a process of its own on a host, which has said that its sessions are in force.</summary>
    public static async Task<LabProcess> StartAsync(LabHost host, params string[] arguments)
    {
        var process = host.Start("bfd", LabPrograms.Lab, ["bfd", "--priority", $"{Priority}", .. arguments]);
        await process.WaitForLineAsync("^ready$");
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var speaker in _speakers)
        {
            await speaker.DisposeAsync();
        }

        _namespaces.ForEach(static handle => handle.Dispose());
        await _lab.DisposeAsync();
    }
}
