using System.Numerics;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>What is still to be told to a peer for a family: where it is in the logs of its update group, and what it takes from them in order of attributes.</summary>
internal sealed partial class PeerOutput
{
    // As much as is put in order of attributes at a time: enough to fill messages, little enough for one taking of the lock.
    private const int WindowSize = 8192;
    private const int RefreshLength = 23;

    private readonly FamilyRib _rib;
    private readonly List<NlriEntry> _refused = [];
    private readonly NextHop _self;
    private int[] _window = [];
    private int _windowAt;
    private int _windowCount;
    private int _dump;
    private int _dumpEnd;
    private bool _isEndOfRibDue;
    private bool _isBeginDue;
    private bool _isEndDue;

    internal PeerOutput(FamilyRib rib, RibPeer peer)
    {
        _rib = rib;
        Peer = peer;
        _self = Self(peer, rib.Family);
        _isEndOfRibDue = true;
    }

    internal RibPeer Peer { get; }

    internal UpdateGroup Group { get; private set; } = null!;

    internal long AnnouncementCursor { get; set; }

    internal long WithdrawalCursor { get; set; }

    private int PlainMessage => Math.Min(Peer.Format.MaxLength, MessageHeader.PlainMaximum);

    /// <summary>Takes a place in a group: what it already announces is sent, then what changes.</summary>
    internal void Join(UpdateGroup group)
    {
        Group = group;
        // What is not looked at yet comes by the log.
        (_dump, _dumpEnd) = (1, group.Announced(Peer.Number) == 0 ? 1 : _rib.Prefixes.End);
        group.Join(this);
    }

    /// <summary>Follows a group that is a copy of its own.</summary>
    /// <param name="group">The copy, whose logs hold what was still to be read.</param>
    /// <param name="copies">The copy of each route.</param>
    internal void MoveTo(UpdateGroup group, int[] copies)
    {
        for (var i = _windowAt; i < _windowCount; i++)
        {
            _window[i] = copies[_window[i]];
        }

        Group = group;
        AnnouncementCursor = WithdrawalCursor = 0;
        group.Members.Add(this);
    }

    /// <summary>Sends everything again (RFC 2918 4), between BoRR and EoRR where the peer knows them (RFC 7313 4).</summary>
    internal void Resend(bool isEnhanced)
    {
        (_dump, _dumpEnd) = (1, _rib.Prefixes.End);
        _windowAt = _windowCount = 0;
        AnnouncementCursor = Group.Announcements.End;
        Group.FurthestAnnouncement = AnnouncementCursor;
        _isBeginDue |= isEnhanced;
        _isEndDue |= isEnhanced;
        Group.IsSignalled = false;
        Group.Signal();
    }

    /// <summary>Routes that are still to be sent.</summary>
    internal int Pending()
    {
        var count = 0;
        for (var position = AnnouncementCursor; position < Group.Announcements.End; position++)
        {
            count += IsPending(Group.Announcements[position]);
        }

        for (var i = _windowAt; i < _windowCount; i++)
        {
            count += IsPending(_window[i]);
        }

        for (var prefix = _dump; prefix < _dumpEnd; prefix++)
        {
            for (var index = Group.FirstRoute(prefix); index != 0; index = Group.Route(index).Next)
            {
                count += IsPending(index);
            }
        }

        return count;
    }

    /// <summary>Whether the peer has been told an out route as it is now.</summary>
    internal bool IsTold(int index)
    {
        ref var route = ref Group.Route(index);
        return route.Attributes != 0 && route.Source != Peer.Number && (route.Prefix < _dump || route.Prefix >= _dumpEnd)
            && ((route.Flags & OutRouteFlags.Announcing) == 0 || Group.Announcements.Position(route.Position) < AnnouncementCursor)
            && _window.AsSpan(_windowAt, _windowCount - _windowAt).IndexOf(index) < 0;
    }

    /// <summary>The next hop that the peer is told.</summary>
    /// <returns>False when the route cannot be told: there is none, or the message would be too long.</returns>
    internal bool TryResolve(int index, out NextHop nextHop)
    {
        ref var route = ref Group.Route(index);
        nextHop = Resolve(route.Attributes);
        if (nextHop.Kind == NextHopKind.None)
        {
            return false;
        }

        var writer = new UpdateWriter(_rib.Owner.Scratch, Peer.Format);
        return Begin(ref writer, route.Attributes, nextHop) == UpdateWriterStatus.Done && writer.Add(PrefixOf(index), route.PathId) == UpdateWriterStatus.Done;
    }

    /// <summary>Whether everything was sent that the RIB had when it was asked.</summary>
    internal bool IsIdle
        => AnnouncementCursor == Group.Announcements.End && WithdrawalCursor == Group.Withdrawals.End && _windowAt == _windowCount && _dump >= _dumpEnd
            && _refused.Count == 0 && !Group.IsPopulating && !IsEndOfRibDueNow && !_isBeginDue && !_isEndDue;

    private bool IsEndOfRibDueNow => _isEndOfRibDue && !_rib.IsEndOfRibHeld;

    private static NextHop Self(RibPeer peer, BgpFamily family)
    {
        var (addresses, isIpv6) = (peer.Addresses!, peer.Addresses!.Local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
        var ipv6 = isIpv6 ? NextHop.From(addresses.Local, addresses.LinkLocal) : addresses.OtherFamily is { } other ? NextHop.From(other, addresses.LinkLocal) : default;
        if (isIpv6 && addresses.Local.IsIPv6LinkLocal)
        {
            ipv6 = NextHop.From(addresses.Local, addresses.Local);
        }

        if (family == BgpFamily.Ipv6Unicast)
        {
            return ipv6;
        }

        // RFC 8950: an IPv4 route over an IPv6 session.
        return !isIpv6 ? NextHop.From(addresses.Local) : peer.Session!.Ipv4OverIpv6NextHop ? ipv6 : addresses.OtherFamily is { } own ? NextHop.From(own) : default;
    }

    private int IsPending(int index) => index != 0 && Group.Route(index) is { Attributes: not 0 } route && route.Source != Peer.Number ? 1 : 0;

    private bool Fill()
    {
        _windowAt = _windowCount = 0;
        var log = Group.Announcements;
        while (true)
        {
            Reserve();
            while (AnnouncementCursor < log.End && _windowCount < _window.Length)
            {
                AddToWindow(log[AnnouncementCursor++]);
            }

            Group.FurthestAnnouncement = Math.Max(Group.FurthestAnnouncement, AnnouncementCursor);
            while (_dump < _dumpEnd && _windowCount + Group.Key.Paths <= _window.Length)
            {
                for (var index = Group.FirstRoute(_dump++); index != 0; index = Group.Route(index).Next)
                {
                    AddToWindow(index);
                }
            }

            if (_windowCount > 0)
            {
                _rib.Owner.Arranger.Arrange(_window.AsSpan(0, _windowCount), Group);
                return true;
            }

            if (_refused.Count > 0)
            {
                return true;
            }

            if (!Group.IsPopulating)
            {
                return false;
            }

            Group.Populate(WindowSize);
        }
    }

    /// <summary>As large as what is due, within bounds: most peers are told little.</summary>
    private void Reserve()
    {
        var due = Group.Announcements.End - AnnouncementCursor + ((long)(_dumpEnd - _dump) * Group.Key.Paths);
        if (_window.Length < Math.Min(due, WindowSize))
        {
            _window = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(due, 64, WindowSize))];
        }
    }

    private void AddToWindow(int index)
    {
        if (index == 0 || Group.Route(index).Attributes == 0)
        {
            return;
        }

        ref var route = ref Group.Route(index);
        if (route.Source != Peer.Number)
        {
            _window[_windowCount++] = index;
        }
        else if ((route.Flags & OutRouteFlags.WithdrawAtSource) != 0)
        {
            // What the peer itself said is now the best: it may still have ours.
            _refused.Add(EntryOf(index));
        }
    }
}
