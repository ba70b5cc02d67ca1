using System.Net;
using Loxi.Bgp.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Bgp.Tests.Transport.Support;

/// <summary>A speaker's transport with one peer, on an address of the loopback.</summary>
internal sealed class Loopback : IAsyncDisposable
{
    private readonly BgpListener _listener;
    private PeerRunner? _peer;

    public Loopback(string address, uint @as, string identifier, ILogger? logger = null)
    {
        Address = IPAddress.Parse(address);
        Speaker = new BgpSpeakerSettings(@as, IPAddress.Parse(identifier));
        _listener = new BgpListener(new IPEndPoint(Address, 0), Find, TimeProvider.System, logger ?? NullLogger.Instance);
    }

    public IPAddress Address { get; }

    public BgpSpeakerSettings Speaker { get; }

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    public BgpListener Listener => _listener;

    public FakeRib Rib { get; } = new();

    public PeerRunner Peer => _peer!;

    /// <summary>Makes the peer, not started.</summary>
    public PeerRunner Add(BgpPeerSettings settings, int seed = 1, IPeerObserver? observer = null, ILogger? logger = null, TimeProvider? time = null)
    {
        _peer = new PeerRunner(new PeerContext
        {
            Speaker = Speaker,
            Peer = settings with { LocalAddress = Address, ConnectRetryTime = TimeSpan.FromMilliseconds(200), ConnectRetryLimit = TimeSpan.FromMilliseconds(500) },
            Rib = Rib,
            Random = new Random(seed),
            Time = time ?? TimeProvider.System,
            Observer = observer,
            Logger = logger ?? NullLogger.Instance,
        });
        return _peer;
    }

    public static (Loopback A, Loopback B) Pair(Func<BgpPeerSettings, BgpPeerSettings>? a = null, Func<BgpPeerSettings, BgpPeerSettings>? b = null)
    {
        var first = new Loopback("127.0.0.2", 64_512, "192.0.2.1");
        var second = new Loopback("127.0.0.3", 64_513, "192.0.2.2");
        var toSecond = new BgpPeerSettings(second.Address, 64_513) { RemotePort = second.EndPoint.Port };
        var toFirst = new BgpPeerSettings(first.Address, 64_512) { RemotePort = first.EndPoint.Port };
        first.Add(a?.Invoke(toSecond) ?? toSecond, 1);
        second.Add(b?.Invoke(toFirst) ?? toFirst, 2);
        return (first, second);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }
    }

    private PeerRunner? Find(IPAddress remote, IPAddress local)
        => _peer is { } peer && peer.Settings.Address.Equals(remote) && Address.Equals(local) ? peer : null;
}
