using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;

namespace Loxi.Linux.RootTests.Support;

/// <summary>Two namespaces joined by a veth pair: 192.0.2.1/24 and 2001:db8::1/64 on <c>a0</c>, .2 and ::2 on <c>b0</c>. Made with the ip tool.</summary>
internal sealed class VethPair : IDisposable
{
    private static int s_count;
    private readonly string _a;
    private readonly string _b;

    public VethPair()
    {
        var id = $"lxt{Environment.ProcessId}x{Interlocked.Increment(ref s_count)}";
        _a = id + "a";
        _b = id + "b";
        try
        {
            Command.Run($"ip netns add {_a}");
            Command.Run($"ip netns add {_b}");
            Command.Run($"ip -n {_a} link add a0 address 02:00:5e:00:53:01 type veth peer name b0 address 02:00:5e:00:53:02 netns {_b}");
            InA("link set lo up");
            InA("addr add 192.0.2.1/24 dev a0");
            InA("addr add 2001:db8::1/64 dev a0 nodad");
            InA("link set a0 up");
            InB("addr add 192.0.2.2/24 dev b0");
            InB("addr add 2001:db8::2/64 dev b0 nodad");
            InB("link set b0 up");
            A = NetworkNamespace.Open(_a);
            B = NetworkNamespace.Open(_b);
            using var a = new RtnetlinkClient(A);
            using var b = new RtnetlinkClient(B);
            AIndex = a.GetLink("a0").Index;
            BIndex = b.GetLink("b0").Index;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace A { get; } = null!;

    public NetworkNamespace B { get; } = null!;

    public int AIndex { get; }

    public int BIndex { get; }

    public void InA(string arguments) => Command.Run($"ip -n {_a} {arguments}");

    public void TcInA(string arguments) => Command.Run($"tc -n {_a} {arguments}");

    public void InB(string arguments) => Command.Run($"ip -n {_b} {arguments}");

    public void Dispose()
    {
        A?.Dispose();
        B?.Dispose();
        foreach (var name in new[] { _a, _b })
        {
            if (NetworkNamespace.Exists(name))
            {
                NetworkNamespace.Delete(name);
            }
        }
    }
}
