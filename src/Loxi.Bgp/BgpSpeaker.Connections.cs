using System.Net;
using Loxi.Bgp.Transport;

namespace Loxi.Bgp;

/// <content>Whose connection it is that arrives, and peers that are made of it.</content>
public sealed partial class BgpSpeaker
{
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

    /// <summary>A dynamic peer whose session has ended; one that is held back after failures stays until that is over, else it would begin anew at once.</summary>
    private void Forget(SpeakerPeer peer)
    {
        if (peer.Runner.GetStatus() is { Hold: not null } or { State: > BgpState.Active } or { State: BgpState.Active, LastError: null })
        {
            return;
        }

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
}
