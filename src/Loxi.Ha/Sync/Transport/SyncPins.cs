using System.Collections.Frozen;
using System.Net;
using Loxi.Ha.Sync.Speaker;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Which pin is whose, as of one moment.</summary>
internal sealed class SyncPins(byte self, SyncSpeakerSettings settings)
{
    private readonly FrozenDictionary<CertificatePin, byte> _peers = settings.Peers
        .SelectMany(static peer => peer.Pins.Select(pin => KeyValuePair.Create(pin, peer.NodeId))).DistinctBy(static pair => pair.Key).ToFrozenDictionary();

    private readonly FrozenSet<IPAddress> _addresses = settings.Peers.SelectMany(static peer => peer.Addresses).Select(static a => SyncSocket.WithoutScope(a.Address)).ToFrozenSet();

    public byte? PeerOf(CertificatePin pin) => _peers.TryGetValue(pin, out var peer) ? peer : null;

    public bool IsCaller(byte peer) => peer < self;

    public bool IsAddressOfPeer(IPAddress address) => _addresses.Contains(SyncSocket.WithoutScope(address));
}
