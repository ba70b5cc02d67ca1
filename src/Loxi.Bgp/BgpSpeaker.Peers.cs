using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
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

    private void Tell(PeerReachability told)
    {
        var state = told.State switch
        {
            ReachabilityState.Up => BgpBfdState.Up,
            ReachabilityState.Down => BgpBfdState.Down,
            _ => BgpBfdState.Unknown,
        };
        SetBfdState(new BgpPeerKey(told.Peer, told.Peer.IsIPv6LinkLocal ? told.Interface : null), state, told.IsControlPlaneIndependent);
        // The same peer where it is known by the number of the link.
        if (told.Peer.IsIPv6LinkLocal && InNamespace(() => Links.TryIndex(told.Interface)) is { } index)
        {
            SetBfdState(new BgpPeerKey(told.Peer, index.ToString(CultureInfo.InvariantCulture)), state, told.IsControlPlaneIndependent);
        }
    }

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

        foreach (var family in found.Runner.GetStatus().Session?.Negotiated.Families ?? [])
        {
            if (kind is BgpResetKind.SoftIn or BgpResetKind.Soft)
            {
                // What was received is kept and always judged by the policies in force: this is for whoever doubts it.
                _ = found.Runner.RequestRefresh(family);
            }

            if (kind is BgpResetKind.SoftOut or BgpResetKind.Soft)
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
            // Until the others are in force nobody new comes from a range: it might be one that is no more.
            _ranges = [];
            var desired = configuration.Peers.Select(BgpPeerKey.Of).ToHashSet();
            foreach (var peer in _peers.Values.ToArray())
            {
                // A dynamic peer that is listed now comes anew.
                if (peer.Range is null ? !desired.Contains(peer.Key) : desired.Contains(peer.Key) || Wanted(peer, configuration) is null)
                {
                    _peers.TryRemove(peer.Key, out _);
                    removed.Add(peer);
                }
            }
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
        lock (_peersGate)
        {
            (RibPeer, BgpPeerSettings)[] changes =
            [
                .. _peers.Values.Select(peer => (peer.Rib.Peer, Wanted(peer, configuration)!)).Where(static change => change.Peer.Settings != change.Item2),
                // They may name policies that are no more.
                .. removed.Select(static peer => (peer.Rib.Peer, WithoutPolicies(peer.Runner.Settings))),
            ];
            _rib!.Use(rib => rib.Configure(configuration.Speaker, configuration.Policies, changes));
        }
    }

    /// <summary>A peer as a configuration wants it; null when it wants none.</summary>
    private static BgpPeerSettings? Wanted(SpeakerPeer peer, BgpConfiguration configuration) => peer.Range is { } range
        ? configuration.PeerRanges.FirstOrDefault(other => other.Key == range.Key)?.Settings is { } template ? Dynamic(template, peer.Key.Address) : null
        : configuration.Peers.FirstOrDefault(settings => BgpPeerKey.Of(settings) == peer.Key);

    private static BgpPeerSettings Dynamic(BgpPeerSettings template, IPAddress address) => template with { Address = address, Passive = true };

    /// <summary>For a peer that has only its last words to say.</summary>
    private static BgpPeerSettings WithoutPolicies(BgpPeerSettings settings)
        => settings with { ImportPolicies = [], ExportPolicies = [], ImportDefaultAccept = false, ExportDefaultAccept = false };

    /// <summary>Changes the peers that stay, and starts those that are new.</summary>
    private void StartPeers(BgpConfiguration configuration, string text)
    {
        List<SpeakerPeer> added = [];
        SpeakerPeer[] kept;
        bool isOtherSpeaker;
        lock (_peersGate)
        {
            isOtherSpeaker = _configuration?.Speaker != configuration.Speaker;
            kept = [.. _peers.Values];
            foreach (var peer in kept.Where(static peer => peer.Range is not null))
            {
                peer.Range = configuration.PeerRanges.First(range => range.Key == peer.Range!.Key);
            }

            added.AddRange(configuration.Peers.Select(static settings => (Key: BgpPeerKey.Of(settings), settings)).Where(peer => !_peers.ContainsKey(peer.Key))
                .Select(peer => Add(peer.Key, peer.settings, null, configuration.Speaker)));
            // From here on connections of the ranges are taken by this configuration.
            _ranges = [.. configuration.PeerRanges.OrderByDescending(static range => range.Network.PrefixLength)];
            _configuration = configuration;
        }

        foreach (var peer in kept)
        {
            var settings = Wanted(peer, configuration)!;
            if (settings.AdministrativelyDown && !peer.Runner.Settings.AdministrativelyDown)
            {
                peer.Runner.Stop(SessionStopKind.Shutdown, text);
            }

            if (isOtherSpeaker || peer.Runner.Settings != settings)
            {
                peer.Runner.Apply(configuration.Speaker, settings);
            }
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
        var observer = new Observer(this, key);
        var session = new SharedRibSession(_rib!, _rib!.Use(rib => rib.AddPeer(settings)), _addresses, LookWhetherComplete, observer.NothingKept);
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
            // Who else comes from a range nobody knows.
            if (speaker._peers.Values.All(static peer => !peer.HoldsUpChoice) && speaker._configuration?.PeerRanges.Any(static range => range.Settings.GracefulRestart) == false)
            {
                speaker._rib?.EndDeferral();
            }

            if (!speaker._peers.IsEmpty && speaker._peers.Values.All(static peer => peer.Runner.Settings.AdministrativelyDown || peer.HasToldAll))
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
