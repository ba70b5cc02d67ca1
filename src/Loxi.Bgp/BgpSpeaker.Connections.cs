using System.Net;
using Loxi.Bgp.Transport;

namespace Loxi.Bgp;

/// <content>Whose connection it is that arrives, and peers that are made of it.</content>
public sealed partial class BgpSpeaker
{
    private static readonly TimeSpan RangeLogInterval = TimeSpan.FromMinutes(1);

    private long _rangeLoggedAt;

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
        var plain = new IPAddress(remote.GetAddressBytes());
        if (_configuration is not { } configuration || _ranges.FirstOrDefault(range => Fits(range, remote, plain)) is not { } range || !FitsLocal(range.Settings, local))
        {
            return null;
        }

        var key = new BgpPeerKey(plain, plain.IsIPv6LinkLocal ? range.Settings.Interface : null);
        if (_peers.TryGetValue(key, out var known))
        {
            // One that is listed and came at another address than it should is nobody.
            return known.Range is null ? null : known.Runner;
        }

        if (_peers.Values.Count(p => p.Range == range) >= range.Limit)
        {
            var now = _time.GetTimestamp();
            if (_rangeLoggedAt == 0 || _time.GetElapsedTime(_rangeLoggedAt, now) >= RangeLogInterval)
            {
                _rangeLoggedAt = now;
                LogRangeFull(range.Network, range.Limit);
            }

            return null;
        }

        var peer = Add(key, Dynamic(range.Settings, plain), range, configuration.Speaker);
        peer.Runner.Start();
        TellBfd(peer);
        return peer.Runner;
    }

    /// <summary>A dynamic peer whose session has ended; one that is held back after failures stays until that is over, else it would begin anew at once.</summary>
    private void Forget(SpeakerPeer peer)
    {
        if (peer.Runner.GetStatus() is { Hold: not null } or { State: > BgpState.Active } or { State: BgpState.Active, LastError: null })
        {
            return;
        }

        Drop(peer);
    }

    /// <summary>A connection was gone before it could be taken: a peer that was made for it has nothing to wait for.</summary>
    private void ForgetUnheard(PeerRunner runner)
    {
        if (_peers.Values.FirstOrDefault(peer => peer.Runner == runner) is { Range: not null } peer && runner.GetStatus() is { State: <= BgpState.Active, Hold: null })
        {
            Drop(peer);
        }
    }

    private void Drop(SpeakerPeer peer)
    {
        lock (_peersGate)
        {
            if (!_peers.TryGetValue(peer.Key, out var found) || found != peer || !_peers.TryRemove(peer.Key, out _))
            {
                return;
            }

            // Until it has said its last words policies may go that it names.
            _rib!.Use(rib => rib.ConfigurePeer(peer.Rib.Peer, WithoutPolicies(peer.Runner.Settings)));
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

    private bool Fits(BgpPeerRange range, IPAddress remote, IPAddress plain)
        => range.Network.Contains(plain) && (!plain.IsIPv6LinkLocal || InNamespace(() => Links.TryIndex(range.Settings.Interface)) == remote.ScopeId);

    private static bool FitsLocal(BgpPeerSettings settings, IPAddress local)
        => settings.LocalAddress is not { } own || own.GetAddressBytes().AsSpan().SequenceEqual(local.GetAddressBytes());

    private long? Scope(BgpPeerSettings settings)
        => settings.Address.ScopeId != 0 ? settings.Address.ScopeId : InNamespace(() => Links.TryIndex(settings.Interface));
}
