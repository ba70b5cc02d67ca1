using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Policy;
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

    /// <summary>Both the policies that were and those that shall be: peers that are about to go name the former.</summary>
    private void ConfigureRib(BgpConfiguration configuration) => _rib!.Use(rib =>
    {
        rib.Configure(configuration.Speaker, configuration.Policies.With(_configuration?.Policies));
        foreach (var peer in configuration.Peers)
        {
            if (_peers.TryGetValue(BgpPeerKey.Of(peer), out var found) && found.Runner.Settings != peer)
            {
                rib.ConfigurePeer(found.Rib.Peer, peer);
            }
        }
    });

    /// <summary>Starts, changes and stops peers; returns those that were stopped.</summary>
    private List<SpeakerPeer> ChangePeers(BgpConfiguration configuration, string text)
    {
        List<SpeakerPeer> removed = [];
        List<SpeakerPeer> added = [];
        lock (_peersGate)
        {
            var desired = configuration.Peers.ToDictionary(BgpPeerKey.Of);
            foreach (var peer in _peers.Values.ToArray())
            {
                // A dynamic peer that is listed now, or whose range is another, comes anew.
                if (peer.Range is { } range ? desired.ContainsKey(peer.Key) || !configuration.PeerRanges.Contains(range) : !desired.ContainsKey(peer.Key))
                {
                    _peers.TryRemove(peer.Key, out _);
                    removed.Add(peer);
                }
            }

            foreach (var (key, settings) in desired)
            {
                if (!_peers.ContainsKey(key))
                {
                    added.Add(Add(key, settings, null, configuration.Speaker));
                }
            }

            _ranges = configuration.PeerRanges;
        }

        foreach (var peer in removed)
        {
            peer.Runner.Stop(SessionStopKind.Deleted);
        }

        foreach (var peer in _peers.Values)
        {
            var settings = peer.Range is null ? configuration.Peers.First(p => BgpPeerKey.Of(p) == peer.Key) : peer.Runner.Settings;
            if (peer.Runner.Settings != settings || _configuration?.Speaker != configuration.Speaker)
            {
                if (settings.AdministrativelyDown && !peer.Runner.Settings.AdministrativelyDown)
                {
                    peer.Runner.Stop(SessionStopKind.Shutdown, text);
                }

                peer.Runner.Apply(configuration.Speaker, settings);
            }
        }

        foreach (var peer in added)
        {
            peer.Runner.Start();
            TellBfd(peer);
        }

        return removed;
    }

    /// <summary>Makes a peer that is not started yet. Under the gate.</summary>
    private SpeakerPeer Add(BgpPeerKey key, BgpPeerSettings settings, BgpPeerRange? range, BgpSpeakerSettings speaker)
    {
        var session = new SharedRibSession(_rib!, _rib!.Use(rib => rib.AddPeer(settings)), _addresses);
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
        session.Attach(runner);
        _rib.Add(session);
        var peer = new SpeakerPeer(key, range, session) { Runner = runner };
        observer.Peer = peer;
        _peers[key] = peer;
        return peer;
    }

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

    /// <summary>Whose connection it is that arrived; a peer of a range is made here.</summary>
    private PeerRunner? Find(IPAddress remote, IPAddress local)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Range is null && Fits(peer.Runner.Settings, remote, local))
            {
                return peer.Runner;
            }
        }

        lock (_peersGate)
        {
            return FindOfRange(remote, local);
        }
    }

    private PeerRunner? FindOfRange(IPAddress remote, IPAddress local)
    {
        // Ranges are of global addresses.
        var plain = new IPAddress(remote.GetAddressBytes());
        if (_configuration is not { } configuration || _ranges.FirstOrDefault(r => r.Network.Contains(plain)) is not { } range
            || !FitsLocal(range.Settings, local))
        {
            return null;
        }

        var key = new BgpPeerKey(plain);
        if (_peers.TryGetValue(key, out var known))
        {
            return known.Runner;
        }

        if (_peers.Values.Count(p => p.Range == range) >= range.Limit)
        {
            LogRangeFull(range.Network, range.Limit);
            return null;
        }

        var peer = Add(key, range.Settings with { Address = plain, Passive = true }, range, configuration.Speaker);
        peer.Runner.Start();
        TellBfd(peer);
        return peer.Runner;
    }

    /// <summary>A dynamic peer whose session has ended.</summary>
    private void Forget(SpeakerPeer peer)
    {
        lock (_peersGate)
        {
            if (!_peers.TryGetValue(peer.Key, out var found) || found != peer || !_peers.TryRemove(peer.Key, out _))
            {
                return;
            }
        }

        _ = EndAsync(peer);
    }

    private bool Fits(BgpPeerSettings settings, IPAddress remote, IPAddress local)
    {
        var address = settings.Address;
        if (!address.GetAddressBytes().AsSpan().SequenceEqual(remote.GetAddressBytes()))
        {
            return false;
        }

        // A link-local address is that of one link only.
        return FitsLocal(settings, local) && (!address.IsIPv6LinkLocal || Scope(settings) is not { } scope || scope == remote.ScopeId);
    }

    private static bool FitsLocal(BgpPeerSettings settings, IPAddress local)
        => settings.LocalAddress is not { } own || own.GetAddressBytes().AsSpan().SequenceEqual(local.GetAddressBytes());

    private long? Scope(BgpPeerSettings settings)
        => settings.Address.ScopeId != 0 ? settings.Address.ScopeId : InNamespace(() => Links.TryIndex(settings.Interface));

    /// <summary>TCP MD5 keys of all peers on all listeners; what was set before is put back when one is refused.</summary>
    private void SetKeys(BgpConfiguration configuration, BgpConfiguration? before, List<BgpListener> opened, List<BgpListener> kept, ImmutableArray<Problem>.Builder problems)
    {
        var desired = KeysOf(configuration);
        var current = before is null ? [] : KeysOf(before);
        foreach (var (listener, known) in opened.Select(static l => (l, false)).Concat(kept.Select(static l => (l, true))))
        {
            foreach (var (address, length, password, field) in desired)
            {
                if (!known || !current.Any(c => c.Address.Equals(address) && c.Length == length && c.Password == password))
                {
                    TrySet(listener, address, length, password, field, problems);
                }
            }
        }

        foreach (var listener in kept)
        {
            // In a failure too: keys that are set already are those of the configuration that stays.
            foreach (var (address, length, _, field) in (problems.Count == 0 ? current : desired).Where(c => !(problems.Count == 0 ? desired : current).Any(d => d.Address.Equals(c.Address) && d.Length == c.Length)))
            {
                TrySet(listener, address, length, null, field, problems);
            }
        }
    }

    private static void TrySet(BgpListener listener, IPAddress address, int? length, string? password, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (address.AddressFamily != listener.LocalEndPoint.AddressFamily)
        {
            return;
        }

        try
        {
            listener.SetMd5Key(address, length, password);
        }
        catch (LinuxException e)
        {
            // The key itself is a secret.
            problems.Add(Problem.Of(field, "(secret)", $"a key that the kernel takes: {e.Message}"));
        }
    }

    private List<(IPAddress Address, int? Length, string Password, string Field)> KeysOf(BgpConfiguration configuration) =>
    [
        .. configuration.Peers.Index().Where(static p => p.Item.Md5Password is not null)
            .Select(p => (InNamespace(() => Links.ScopedOrPlain(p.Item.Address, p.Item.Interface)), (int?)null, p.Item.Md5Password!, BgpFields.Peer(p.Index) + BgpFields.Md5Password)),
        .. configuration.PeerRanges.Index().Where(static r => r.Item.Settings.Md5Password is not null)
            .Select(static r => (r.Item.Network.BaseAddress, (int?)r.Item.Network.PrefixLength, r.Item.Settings.Md5Password!, BgpFields.PeerRange(r.Index) + BgpFields.Md5Password)),
    ];
}
