using System.Net;
using System.Net.Sockets;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Loxi.Linux.Namespaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Bgp.RootTests.Support;

/// <summary>One peer with its listener, in a namespace.</summary>
internal sealed class LabPeer : IAsyncDisposable
{
    private readonly IPAddress _peer;

    public LabPeer(NetworkNamespace where, BgpSpeakerSettings speaker, BgpPeerSettings settings)
    {
        _peer = settings.Address;
        Runner = new PeerRunner(new PeerContext
        {
            Speaker = speaker,
            Peer = settings,
            Rib = Rib,
            Random = new Random((int)speaker.LocalAs),
            Logger = NullLogger.Instance,
            Namespace = where,
        });
        var any = settings.Address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        Listener = new BgpListener(new IPEndPoint(any, 179), Find, TimeProvider.System, NullLogger.Instance, where);
        if (settings.Md5Password is { } password)
        {
            Listener.SetMd5Key(settings.Address, null, password);
        }

        if (settings.GtsmHops is { } hops)
        {
            Listener.SetMinimumTtls([(settings.Address, 256 - hops)]);
        }
    }

    public PeerRunner Runner { get; }

    public BgpListener Listener { get; }

    public FakeRib Rib { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await Runner.DisposeAsync();
    }

    private PeerRunner? Find(IPAddress remote, IPAddress local)
        => new IPAddress(remote.GetAddressBytes()).Equals(new IPAddress(_peer.GetAddressBytes())) ? Runner : null;
}
