using System.Net;
using System.Threading.Channels;
using Loxi.Node.Bfd;

namespace Loxi.Node.Tests.Bfd;

/// <summary>A network that changes when a test says so.</summary>
internal sealed class FakeNetwork : IBfdNetwork
{
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();

    public bool IsWatched { get; private set; }

    public bool IsDirect(IPAddress peer) => IPNetwork.Parse("192.0.2.0/24").Contains(peer);

    public void Change() => _changes.Writer.TryWrite(true);

    public IAsyncEnumerable<bool> WatchAsync(CancellationToken cancellationToken)
    {
        IsWatched = true;
        return _changes.Reader.ReadAllAsync(cancellationToken);
    }
}
