using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Session;
using Loxi.Bgp.Transport;
using Loxi.Core;
using Loxi.Core.Failures;
using Loxi.Linux;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp;

/// <content>The peers that there are, configured and dynamic ones.</content>
public sealed partial class BgpSpeaker
{
    // Read by listeners at any time; changed under the gate only.
    private readonly ConcurrentDictionary<BgpPeerKey, SpeakerPeer> _peers = new();
    private readonly ConcurrentDictionary<BgpPeerKey, (BgpBfdState State, bool IsIndependent)> _bfd = new();
    private readonly Lock _peersGate = new();
    private ImmutableArray<BgpPeerRange> _ranges = [];

    /// <summary>Tells how BFD with a peer fares (RFC 5882): what that does to its session says <see cref="BgpPeerSettings.Bfd"/>. Remembered for peers that come later.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="state">How BFD with it fares.</param>
    /// <param name="isControlPlaneIndependent">The C bit of the peer (RFC 5880 6.8.7): its forwarding may have failed alone (RFC 5882 4.3).</param>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public void SetBfdState(BgpPeerKey peer, BgpBfdState state, bool isControlPlaneIndependent)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _bfd[peer] = (state, isControlPlaneIndependent);
        if (_peers.TryGetValue(peer, out var found))
        {
            TellBfd(found);
        }
    }

    private void Tell(PeerReachability told) => SetBfdState(
        new BgpPeerKey(told.Peer, told.Peer.IsIPv6LinkLocal ? told.Interface : null),
        told.State switch
        {
            ReachabilityState.Up => BgpBfdState.Up,
            ReachabilityState.Down => BgpBfdState.Down,
            _ => BgpBfdState.Unknown,
        },
        told.IsControlPlaneIndependent);

    /// <summary>Resets a session.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="kind">How much is reset.</param>
    /// <param name="text">With <see cref="BgpResetKind.Hard"/>: what the peer is told (RFC 9003), at most 255 bytes of UTF-8.</param>
    /// <returns>False: there is no such peer.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public bool Reset(BgpPeerKey peer, BgpResetKind kind, string text = "")
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(text);
        if (!_peers.TryGetValue(peer, out var found) || _rib is not { } rib)
        {
            return false;
        }

        if (kind == BgpResetKind.Hard)
        {
            found.Runner.Reset(text);
            return true;
        }

        if (kind is BgpResetKind.SoftIn or BgpResetKind.Soft)
        {
            rib.Use(r => r.ConfigurePeer(found.Rib.Peer, found.Runner.Settings));
        }

        if (kind is BgpResetKind.SoftOut or BgpResetKind.Soft)
        {
            foreach (var family in found.Runner.GetStatus().Session?.Negotiated.Families ?? [])
            {
                rib.Use(r => r.Refresh(found.Rib.Peer, family, Wire.RouteRefreshKind.Request));
            }
        }

        return true;
    }

    private void TellBfd(SpeakerPeer peer)
    {
        if (!_bfd.TryGetValue(peer.Key, out var bfd))
        {
            return;
        }

        switch (bfd.State)
        {
            case BgpBfdState.Up:
                peer.Runner.BfdUp();
                break;
            case BgpBfdState.Down:
                peer.Runner.BfdDown(bfd.IsIndependent);
                break;
            default:
                peer.Runner.BfdAdminDown();
                break;
        }
    }

    /// <summary>Stops the peers that shall no longer be; they still have their last words to say.</summary>
    private List<SpeakerPeer> StopPeers(BgpConfiguration configuration)
    {
        List<SpeakerPeer> removed = [];
        lock (_peersGate)
        {
            var desired = configuration.Peers.Select(BgpPeerKey.Of).ToHashSet();
            foreach (var peer in _peers.Values.ToArray())
            {
                // A dynamic peer that is listed now, or whose range is another, comes anew.
                if (peer.Range is { } range ? desired.Contains(peer.Key) || !configuration.PeerRanges.Contains(range) : !desired.Contains(peer.Key))
                {
                    _peers.TryRemove(peer.Key, out _);
                    removed.Add(peer);
                }
            }

            _ranges = configuration.PeerRanges;
        }

        foreach (var peer in removed)
        {
            peer.Runner.Stop(SessionStopKind.Deleted);
        }

        return removed;
    }

    /// <summary>All of it at one time: routes are judged by the one or the other, never by a mixture.</summary>
    private void ConfigureRib(BgpConfiguration configuration, List<SpeakerPeer> removed)
    {
        List<(RibPeer, BgpPeerSettings)> changes = [];
        foreach (var settings in configuration.Peers)
        {
            if (_peers.TryGetValue(BgpPeerKey.Of(settings), out var peer) && peer.Runner.Settings != settings)
            {
                changes.Add((peer.Rib.Peer, settings));
            }
        }

        // They may name policies that are no more.
        changes.AddRange(removed.Select(static peer => (
            peer.Rib.Peer, peer.Runner.Settings with { ImportPolicies = [], ExportPolicies = [], ImportDefaultAccept = false, ExportDefaultAccept = false })));
        _rib!.Use(rib => rib.Configure(configuration.Speaker, configuration.Policies, changes));
    }

    /// <summary>Changes the peers that stay, and starts those that are new.</summary>
    private void StartPeers(BgpConfiguration configuration, string text)
    {
        List<SpeakerPeer> added = [];
        lock (_peersGate)
        {
            foreach (var settings in configuration.Peers)
            {
                var key = BgpPeerKey.Of(settings);
                if (!_peers.TryGetValue(key, out var peer))
                {
                    added.Add(Add(key, settings, null, configuration.Speaker));
                }
                else if (peer.Runner.Settings != settings || _configuration?.Speaker != configuration.Speaker)
                {
                    if (settings.AdministrativelyDown && !peer.Runner.Settings.AdministrativelyDown)
                    {
                        peer.Runner.Stop(SessionStopKind.Shutdown, text);
                    }

                    peer.Runner.Apply(configuration.Speaker, settings);
                }
            }
        }

        foreach (var peer in _peers.Values.Where(static peer => peer.Range is not null))
        {
            peer.Runner.Apply(configuration.Speaker, peer.Runner.Settings);
        }

        foreach (var peer in added)
        {
            peer.Runner.Start();
            TellBfd(peer);
        }
    }

    /// <summary>Makes a peer that is not started yet. Under the gate.</summary>
    private SpeakerPeer Add(BgpPeerKey key, BgpPeerSettings settings, BgpPeerRange? range, BgpSpeakerSettings speaker)
    {
        var session = new SharedRibSession(_rib!, _rib!.Use(rib => rib.AddPeer(settings)), _addresses, LookWhetherComplete);
        var observer = new Observer(this, key);
        var runner = new PeerRunner(new PeerContext
        {
            Speaker = speaker,
            Peer = settings,
            Rib = session,
            Observer = observer,
            Time = _time,
            Random = new Random(_random.Next()),
            Logger = _loggers.CreateLogger(typeof(PeerRunner).FullName!),
            Namespace = _options.NetworkNamespace,
        });
        if (_restart is { } restart)
        {
            runner.SetRestarted(restart);
        }

        session.Attach(runner);
        _rib.Add(session);
        var peer = new SpeakerPeer(key, range, session) { Runner = runner };
        observer.Peer = peer;
        _peers[key] = peer;
        return peer;
    }

    /// <summary>Whether all peers have told all that they have. Off the caller's stack, which holds the lock of a peer.</summary>
    private void LookWhetherComplete() => ThreadPool.UnsafeQueueUserWorkItem(
        static speaker =>
        {
            if (speaker._peers.Values.All(static peer => peer.Runner.Settings.AdministrativelyDown || peer.HasToldAll))
            {
                speaker._rib?.Complete();
            }
        },
        this,
        preferLocal: false);

    private List<SpeakerPeer> TakeAllPeers()
    {
        lock (_peersGate)
        {
            var peers = _peers.Values.ToList();
            _peers.Clear();
            _ranges = [];
            return peers;
        }
    }
}
