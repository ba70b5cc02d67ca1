using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests.Bfd;

/// <summary>Two nodes on one link, or with a router between them.</summary>
internal sealed class BfdLab : IAsyncDisposable
{
    private readonly Lab _lab;

    private BfdLab(Lab lab, LabHost left, LabHost right)
    {
        _lab = lab;
        Left = new Node(left);
        Right = new Node(right);
    }

    public Node Left { get; }

    public Node Right { get; }

    /// <summary>192.0.2.1 and 2001:db8::1, fe80::1 on the left; 192.0.2.2 and so on on the right.</summary>
    public static BfdLab OneLink()
    {
        var lab = Lab.Create();
        var (left, right) = (lab.AddHost("left"), lab.AddHost("right"));
        lab.Connect(left, "eth0", right, "eth0");
        left.AddAddress("eth0", "192.0.2.1/24", "2001:db8::1/64", "fe80::1/64");
        right.AddAddress("eth0", "192.0.2.2/24", "2001:db8::2/64", "fe80::2/64");
        return new BfdLab(lab, left, right);
    }

    /// <summary>192.0.2.1 on the left, 198.51.100.2 on the right, a router between.</summary>
    public static BfdLab TwoHops()
    {
        var lab = Lab.Create();
        var (left, router, right) = (lab.AddHost("left"), lab.AddHost("router"), lab.AddHost("right"));
        lab.Connect(left, "eth0", router, "eth0");
        lab.Connect(right, "eth0", router, "eth1");
        router.Sysctl("net.ipv4.ip_forward", "1");
        router.AddAddress("eth0", "192.0.2.254/24");
        router.AddAddress("eth1", "198.51.100.254/24");
        left.AddAddress("eth0", "192.0.2.1/24");
        right.AddAddress("eth0", "198.51.100.2/24");
        left.Ip("route add 198.51.100.0/24 via 192.0.2.254");
        right.Ip("route add 192.0.2.0/24 via 198.51.100.254");
        return new BfdLab(lab, left, right);
    }

    public async ValueTask DisposeAsync()
    {
        Left.Dispose();
        Right.Dispose();
        await _lab.DisposeAsync();
    }
}
