using System.Diagnostics;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.RootTests.Availability;

/// <summary>Two hosts that may own addresses, and a third, at one switch; behind the two a server.</summary>
internal sealed class Segment : IAsyncDisposable
{
    public const string VipV4 = "192.0.2.200";
    public const string VipV6 = "2001:db8:2::c8";
    public const string ServerV4 = "203.0.113.10";

    private readonly Lab _lab = Lab.Create();

    public Segment()
    {
        var hub = _lab.AddHost("switch");
        hub.AddBridge("br0");
        Server = _lab.AddHost("server");
        Server.AddBridge("br0");
        Server.AddAddress("br0", "198.51.100.10/24", $"{ServerV4}/32");
        Third = Add("third", 3);
        A = Add("llb1", 1);
        B = Add("llb2", 2);
        foreach (var (host, i) in new[] { (A, 1), (B, 2) })
        {
            _lab.Connect(host, "eth1", Server, host.Name);
            Server.AttachToBridge("br0", host.Name);
            host.AddAddress("eth1", $"198.51.100.{i}/24");
            host.Ip($"route add {ServerV4}/32 via 198.51.100.10");
            host.Sysctl("net.ipv4.ip_forward", "1");
        }

        Third.AddAddress("eth0", "192.0.2.4/24", "192.0.2.5/24", "192.0.2.6/24", "2001:db8:2::4/64", "2001:db8:2::5/64");

        LabHost Add(string name, int number)
        {
            var host = _lab.AddHost(name);
            _lab.Connect(host, "eth0", hub, name);
            hub.AttachToBridge("br0", name);
            host.AddAddress("eth0", $"192.0.2.{number}/24", $"2001:db8:2::{number}/64");
            return host;
        }
    }

    public LabHost A { get; }

    public LabHost B { get; }

    public LabHost Third { get; }

    public LabHost Server { get; }

    /// <summary>Looks until it is so: what a probe found has no event.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(10))
            {
                throw new TimeoutException($"'{what}' not seen in time");
            }

            await Task.Delay(5);
        }
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
