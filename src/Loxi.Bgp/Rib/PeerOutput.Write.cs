using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class PeerOutput
{
    /// <summary>Writes what is withdrawn: before every announcement.</summary>
    /// <returns>False when the buffer is full.</returns>
    internal bool WriteWithdrawals(Span<byte> buffer, ref int written)
    {
        var log = Group.Withdrawals;
        while (true)
        {
            while (WithdrawalCursor < log.End && !IsWithdrawn(log[WithdrawalCursor]))
            {
                WithdrawalCursor++;
            }

            if (WithdrawalCursor == log.End)
            {
                return WriteRefused(buffer, ref written);
            }

            if (!HasRoom(buffer, written))
            {
                return false;
            }

            var writer = new UpdateWriter(buffer[written..], Peer.Format);
            _ = writer.BeginWithdraw(_rib.Family);
            while (WithdrawalCursor < log.End)
            {
                var index = log[WithdrawalCursor];
                if (IsWithdrawn(index) && writer.Add(PrefixOf(index), Group.Route(index).PathId) != UpdateWriterStatus.Done)
                {
                    break;
                }

                WithdrawalCursor++;
            }

            writer.End();
            written += writer.Length;
        }
    }

    /// <summary>Writes everything else.</summary>
    /// <returns>False when the buffer is full.</returns>
    internal bool WriteAnnouncements(Span<byte> buffer, ref int written)
    {
        if (_isBeginDue)
        {
            if (!WriteRefresh(RouteRefreshKind.Begin, buffer, ref written))
            {
                return false;
            }

            _isBeginDue = false;
        }

        while (_windowAt < _windowCount || Fill())
        {
            if (!WriteWindow(buffer, ref written) || !WriteRefused(buffer, ref written))
            {
                return false;
            }
        }

        if (IsEndOfRibDueNow)
        {
            if (!HasRoom(buffer, written))
            {
                return false;
            }

            var writer = new UpdateWriter(buffer[written..], Peer.Format);
            _ = writer.TryEndOfRib(_rib.Family);
            written += writer.Length;
            _isEndOfRibDue = false;
        }

        if (_isEndDue)
        {
            if (!WriteRefresh(RouteRefreshKind.End, buffer, ref written))
            {
                return false;
            }

            _isEndDue = false;
        }

        return true;
    }

    /// <summary>A message is not begun in the last octets of a buffer, where it would be short.</summary>
    private bool HasRoom(Span<byte> buffer, int written) => buffer.Length - written >= PlainMessage;

    private Prefix PrefixOf(int index) => _rib.Prefixes[Group.Route(index).Prefix].ToPrefix(_rib.Family);

    private NlriEntry EntryOf(int index) => new(PrefixOf(index), Group.Route(index).PathId);

    /// <summary>Whether the peer may have been told of a withdrawn route: not when it is from the peer itself and always was.</summary>
    private bool IsWithdrawn(int index)
        => index != 0 && (Group.Route(index).Source != Peer.Number || (Group.Route(index).Flags & OutRouteFlags.WithdrawAtSource) != 0);

    private bool WriteRefresh(RouteRefreshKind kind, Span<byte> buffer, ref int written)
    {
        if (buffer.Length - written < RefreshLength)
        {
            return false;
        }

        written += RouteRefreshCodec.Write(_rib.Family, kind, buffer[written..]);
        return true;
    }

    /// <summary>Withdraws what cannot be told to this peer; it may have an earlier version.</summary>
    private bool WriteRefused(Span<byte> buffer, ref int written)
    {
        while (_refused.Count > 0)
        {
            if (!HasRoom(buffer, written))
            {
                return false;
            }

            var writer = new UpdateWriter(buffer[written..], Peer.Format);
            _ = writer.BeginWithdraw(_rib.Family);
            while (_refused.Count > 0 && writer.Add(_refused[^1].Prefix, _refused[^1].PathId) == UpdateWriterStatus.Done)
            {
                _refused.RemoveAt(_refused.Count - 1);
            }

            writer.End();
            written += writer.Length;
        }

        return true;
    }

    private bool WriteWindow(Span<byte> buffer, ref int written)
    {
        while (SkipStale())
        {
            if (!HasRoom(buffer, written))
            {
                return false;
            }

            var attributes = Group.Route(_window[_windowAt]).Attributes;
            var nextHop = Resolve(attributes);
            var writer = new UpdateWriter(buffer[written..], Peer.Format);
            var status = nextHop.Kind == NextHopKind.None ? UpdateWriterStatus.TooLong : Begin(ref writer, attributes, nextHop);
            if (status == UpdateWriterStatus.Done)
            {
                status = WriteMessage(ref writer, attributes);
                written += writer.Length;
            }

            if (status == UpdateWriterStatus.BufferFull)
            {
                return false;
            }

            if (status == UpdateWriterStatus.TooLong)
            {
                Refuse(nextHop.Kind == NextHopKind.None);
            }
        }

        return true;
    }

    private UpdateWriterStatus WriteMessage(ref UpdateWriter writer, int attributes)
    {
        var status = UpdateWriterStatus.Done;
        while (SkipStale() && Group.Route(_window[_windowAt]).Attributes == attributes)
        {
            status = writer.Add(PrefixOf(_window[_windowAt]), Group.Route(_window[_windowAt]).PathId);
            if (status != UpdateWriterStatus.Done)
            {
                break;
            }

            _windowAt++;
        }

        writer.End();
        return status;
    }

    private UpdateWriterStatus Begin(ref UpdateWriter writer, int attributes, NextHop nextHop)
        => writer.BeginReach(_rib.Family, nextHop, _rib.Owner.Encoder.Encode(attributes, nextHop, Peer.Format.FourOctetAs));

    /// <summary>Goes past what was withdrawn meanwhile, and what changed and therefore comes again.</summary>
    /// <returns>False at the end of the window.</returns>
    private bool SkipStale()
    {
        for (; _windowAt < _windowCount; _windowAt++)
        {
            ref var route = ref Group.Route(_window[_windowAt]);
            if (route.Attributes != 0 && route.Source != Peer.Number
                && ((route.Flags & OutRouteFlags.Announcing) == 0 || Group.Announcements.Position(route.Position) < AnnouncementCursor))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 4271 9.2, 8654 4: a route that does not fit is not told, and an earlier version of it is withdrawn.</summary>
    private void Refuse(bool isWithoutNextHop)
    {
        _refused.Add(EntryOf(_window[_windowAt++]));
        Peer.TooLong += isWithoutNextHop ? 0 : 1;
        Peer.WithoutNextHop += isWithoutNextHop ? 1 : 0;
    }

    private NextHop Resolve(int attributes)
    {
        var nextHop = _rib.Attributes.NextHop(attributes);
        if (nextHop.Kind == NextHopKind.None)
        {
            return _self;
        }

        // RFC 4271 5.1.3: a peer is not told its own address; RFC 8950: an IPv6 next hop of an IPv4 route has to be agreed on.
        var isOther = nextHop.Kind == NextHopKind.Ipv4 ? _rib.Family == BgpFamily.Ipv6Unicast : _rib.Family == BgpFamily.Ipv4Unicast && !Peer.Session!.Ipv4OverIpv6NextHop;
        return isOther || nextHop.Address == Peer.AddressPrefix.Bits ? default : nextHop;
    }
}
