using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

/// <summary>Routes that a test changes; it counts how often they are read.</summary>
internal sealed class FakeGatewayRoutes : IGatewayRoutes
{
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();
    private int _looks;

    public int Looks => Volatile.Read(ref _looks);

    /// <summary>The next reading fails.</summary>
    public bool Fails { get; set; }

    public ImmutableArray<TrackedGateway> Gateways { get; set; } = [];

    /// <summary>What they were looked for with last.</summary>
    public string LookedFor { get; private set; } = "";

    public ImmutableArray<TrackedGateway> Find(ImmutableHashSet<string> interfaces, ImmutableHashSet<IPAddress> nodes)
    {
        LookedFor = $"{string.Join(' ', interfaces.Order())} without {string.Join(' ', nodes.Select(static n => n.ToString()).Order())}";
        Interlocked.Increment(ref _looks);
        if (Fails)
        {
            Fails = false;
            throw new NetlinkException("list routes", Errno.EINTR);
        }

        return Gateways;
    }

    public void Change() => _changes.Writer.TryWrite(true);

    public IAsyncEnumerable<bool> WatchAsync(CancellationToken cancellationToken) => _changes.Reader.ReadAllAsync(cancellationToken);
}
