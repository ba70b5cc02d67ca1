using System.Net;
using System.Threading.Channels;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

/// <summary>A host with lo, eth0 (192.0.2.1/24) and eth1 (198.51.100.1/24) that changes when a test says so.</summary>
internal sealed class FakeHostLinks : IHostLinks
{
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();

    /// <summary>Interfaces without a carrier: their subnets stay, as the kernel keeps addresses.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>Interfaces that are not there.</summary>
    public HashSet<string> Gone { get; } = [];

    /// <summary>The next reading fails by this.</summary>
    public Queue<Exception> Failures { get; } = [];

    public HostLinks ReadLinks() => Failures.TryDequeue(out var failure) ? throw failure : Of(
        [.. Interfaces().Where(i => !Gone.Contains(i.Name)).Select(i => Link(i.Index, i.Name, !Down.Contains(i.Name)))],
        [.. Interfaces().Where(i => !Gone.Contains(i.Name)).Select(static i => new Address(i.Index, InternetAddress.Parse(i.Address), i.Length))]);

    public void Change() => _changes.Writer.TryWrite(true);

    public IAsyncEnumerable<bool> WatchAsync(CancellationToken cancellationToken) => _changes.Reader.ReadAllAsync(cancellationToken);

    public static HostLinks Of(Link[] links, Address[] addresses) => new(links, addresses);

    public static Link Link(int index, string name, bool isRunning) => new()
    {
        Index = index,
        Name = name,
        Flags = LinkFlags.Up | (isRunning ? LinkFlags.Running : LinkFlags.None) | (name == "lo" ? LinkFlags.Loopback : LinkFlags.None),
    };

    private static (int Index, string Name, string Address, int Length)[] Interfaces() => [(1, "lo", IPAddress.Loopback.ToString(), 8), (2, "eth0", "192.0.2.1", 24), (3, "eth1", "198.51.100.1", 24)];
}
