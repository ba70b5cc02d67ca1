using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Node.Options;

namespace Loxi.Node.Ha;

/// <summary>The other nodes and the keys of HELLO. Immutable; a change makes another one.</summary>
internal sealed record HaModel
{
    /// <summary>The other nodes, by number; none where the nodes do not decide.</summary>
    public ImmutableArray<RolePeer> Peers { get; init; } = [];

    /// <summary>Whether they are stored; else they are those of the flags.</summary>
    public bool ArePeersStored { get; init; }

    /// <summary>VIP groups that were pinned by hand before the node was drained; null when it is not drained.</summary>
    public ImmutableArray<string>? PinnedBeforeDrain { get; init; }

    /// <summary>Whether the node takes no roles.</summary>
    public bool IsDrained => PinnedBeforeDrain is not null;

    /// <summary>By which keys other nodes are known whose connections are kept like those of this one; by number.</summary>
    public ImmutableSortedDictionary<int, ImmutableArray<CertificatePin>> SyncPins { get; init; } = ImmutableSortedDictionary<int, ImmutableArray<CertificatePin>>.Empty;

    public HelloAuthentication Authentication { get; init; } = new();

    /// <summary>Whether mode and sending key are stored; else they are those of the flags.</summary>
    public bool IsAuthenticationStored { get; init; }

    /// <summary>Whether the keys are those of the file of <c>--ha-keys</c>; else they are stored, or there are none.</summary>
    public bool AreKeysOfFile { get; init; }

    /// <summary>The addresses of the other nodes, each once.</summary>
    public ImmutableArray<IPAddress> Addresses => [.. Peers.SelectMany(static p => p.Paths).Select(static p => p.PeerAddress).Distinct()];

    /// <summary>Other nodes, in the order of their numbers.</summary>
    public HaModel WithPeers(IEnumerable<RolePeer> peers, bool areStored) => this with { Peers = [.. peers.OrderBy(static p => p.NodeId)], ArePeersStored = areStored };

    /// <summary>Whether the other nodes are the same, known by the same keys, and come from the same place.</summary>
    public bool HasPeersOf(HaModel other) => ArePeersStored == other.ArePeersStored && Peers.SequenceEqual(other.Peers)
        && SyncPins.Keys.SequenceEqual(other.SyncPins.Keys) && SyncPins.All(p => p.Value.SequenceEqual(other.SyncPins[p.Key]));

    /// <summary>The nodes whose connections are kept like those of this one: those of which a pin is known.</summary>
    public ImmutableArray<SyncPeerSettings> SyncPeers => [.. Peers.Where(p => SyncPins.ContainsKey(p.NodeId)).Select(p => new SyncPeerSettings((byte)p.NodeId)
    {
        Pins = SyncPins[p.NodeId],
        Addresses = [.. p.Paths.Select(static path => new IPEndPoint(path.PeerAddress, SyncSpeakerSettings.DefaultPort)).Distinct()],
        Interfaces = p.Paths.Where(static path => path is { PeerAddress.IsIPv6LinkLocal: true, Interface: not null })
            .DistinctBy(static path => path.PeerAddress).ToImmutableDictionary(static path => path.PeerAddress, static path => path.Interface!),
    })];

    /// <summary>The session of <c>--ka</c>, unless no path leads to its peer any more: then nobody is served by watching it.</summary>
    public KeepAlive? Follow(KeepAlive? keepAlive) =>
        keepAlive is null || Peers.IsEmpty || Peers.Any(peer => peer.Paths.Any(path => path.PeerAddress.Equals(keepAlive.Settings.PeerAddress))) ? keepAlive : null;
}
