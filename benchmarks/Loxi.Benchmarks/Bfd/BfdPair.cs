using System.Globalization;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bfd;

/// <summary>Two hosts on a link, each with as many addresses as there can be sessions: the program that is measured on A, always the same peer on B.</summary>
internal sealed class BfdPair : IAsyncDisposable
{
    internal const string Device = "eth0";
    private readonly Lab _lab = Lab.Create();

    internal BfdPair(int sessions)
    {
        A = _lab.AddHost("a");
        B = _lab.AddHost("b");
        _lab.Connect(A, Device, B, Device);
        A.IpBatch([.. Enumerable.Range(0, sessions).Select(i => $"addr add {Own(i)}/15 dev {Device}")]);
        B.IpBatch([.. Enumerable.Range(0, sessions).Select(i => $"addr add {Peer(i)}/15 dev {Device}")]);
    }

    internal LabHost A { get; }

    internal LabHost B { get; }

    internal static string Own(int session) => Address(18, session);

    internal static string Peer(int session) => Address(19, session);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    // RFC 2544: 198.18.0.0/15 is for benchmarks.
    private static string Address(int half, int session) => string.Create(CultureInfo.InvariantCulture, $"198.{half}.{session / 250}.{1 + (session % 250)}");
}
