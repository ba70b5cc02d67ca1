using System.Collections.Immutable;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class BgpRib
{
    private readonly UpdateBuffer _update = new();
    private readonly AttributesOfMessage _last = new();

    /// <summary>A session is established: everything that is to be told goes out, then End-of-RIB.</summary>
    internal void Up(RibPeer peer, NegotiatedSession session, SessionAddresses addresses)
    {
        Detach(peer);
        peer.Session = session;
        peer.Addresses = addresses;
        peer.IsExternal = session.IsExternal;
        peer.LocalAs = session.LocalAs;
        peer.Identifier = session.Received.Identifier;
        peer.Format = UpdateFormat.From(session);
        peer.Context = new UpdateContext
        {
            IsExternal = session.IsExternal,
            LocalAs = session.LocalAs,
            PeerAs = session.Received.As,
            LocalIdentifier = Identifier,
            Families = session.Families,
            FourOctetAs = session.FourOctetAs,
            AddPathIpv4 = session.AddPathReceive.Contains(BgpFamily.Ipv4Unicast),
            AddPathIpv6 = session.AddPathReceive.Contains(BgpFamily.Ipv6Unicast),
            Ipv4OverIpv6NextHop = session.Ipv4OverIpv6NextHop,
            EnforceFirstAs = peer.Settings.EnforceFirstAs,
            OwnAddresses = [.. new[] { addresses.Local, addresses.OtherFamily, addresses.LinkLocal }.OfType<System.Net.IPAddress>().Distinct()],
        };
        foreach (var family in Families)
        {
            peer[family.Family].Memo.Clear(Attributes);
            peer[family.Family].LimitWarned = false;
            if (session.Families.Contains(family.Family))
            {
                family.Attach(peer);
            }
        }
    }

    /// <summary>The session is over.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="kept">Families whose routes are kept as stale (RFC 4724); the others' go.</param>
    internal void Down(RibPeer peer, ImmutableArray<BgpFamily> kept)
    {
        Detach(peer);
        peer.Session = null;
        peer.IsSignalled = false;
        _ready.Remove(peer);
        foreach (var family in Families)
        {
            peer[family.Family].Memo.Clear(Attributes);
            family.MarkDown(peer, kept.Contains(family.Family));
        }
    }

    /// <summary>Drops what is still stale.</summary>
    internal void PurgeStale(RibPeer peer, BgpFamily family) => this[family].PurgeStale(peer);

    /// <summary>RFC 9494: the long-lived period of stale routes begins.</summary>
    internal void MarkLongLivedStale(RibPeer peer, BgpFamily family)
    {
        peer[family].Memo.Clear(Attributes);
        this[family].MarkLongLivedStale(peer);
    }

    /// <summary>A ROUTE-REFRESH came.</summary>
    internal void Refresh(RibPeer peer, BgpFamily family, RouteRefreshKind kind)
    {
        switch (kind)
        {
            case RouteRefreshKind.Request:
                peer[family].Output?.Resend(peer.Session!.EnhancedRouteRefresh);
                break;
            case RouteRefreshKind.Begin:
                this[family].MarkStale(peer);
                break;
            case RouteRefreshKind.End:
                this[family].PurgeStale(peer);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes UPDATEs.</summary>
    /// <param name="peer">Who sent them; its session is up.</param>
    /// <param name="updates">Whole messages with their headers, one after the other.</param>
    internal RibReceipt Receive(RibPeer peer, ReadOnlySpan<byte> updates)
    {
        var receipt = default(RibReceipt);
        for (var at = 0; at < updates.Length;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(updates[(at + 16)..]);
            var message = updates.Slice(at, length);
            var view = UpdateReader.Read(message, peer.Context!, _update);
            if (view.ErrorCount > 0)
            {
                _observer?.Malformed(peer, message, view.Errors, view);
            }

            if (view.Outcome == ErrorHandling.SessionReset)
            {
                return receipt with { Error = view.Error, ErrorAt = at };
            }

            receipt = receipt with { Messages = receipt.Messages + 1 };
            if (view.EndOfRib is { } ended)
            {
                receipt = ended == BgpFamily.Ipv4Unicast ? receipt with { EndOfRibIpv4 = true } : receipt with { EndOfRibIpv6 = true };
            }
            else if (!Apply(peer, view, ref receipt))
            {
                return receipt;
            }

            at += length;
        }

        return receipt;
    }

    private bool Apply(RibPeer peer, UpdateView view, ref RibReceipt receipt)
    {
        // RFC 4271 4.3: a prefix that is withdrawn and announced in one message is announced.
        Withdraw(peer, view.Withdrawn);
        Withdraw(peer, view.MpWithdrawn);
        if (view.Outcome == ErrorHandling.TreatAsWithdraw)
        {
            Withdraw(peer, view.Announced);
            Withdraw(peer, view.MpAnnounced);
            return true;
        }

        return Announce(peer, view.Announced, view, view.NextHop, ref receipt) && Announce(peer, view.MpAnnounced, view, view.MpNextHop, ref receipt);
    }

    private void Withdraw(RibPeer peer, PrefixList prefixes)
    {
        if (prefixes.IsEmpty)
        {
            return;
        }

        var family = this[prefixes.Family];
        foreach (var entry in prefixes)
        {
            family.Withdraw(peer, entry);
        }
    }

    private bool Announce(RibPeer peer, PrefixList prefixes, UpdateView view, in NextHop nextHop, ref RibReceipt receipt)
    {
        if (prefixes.IsEmpty)
        {
            return true;
        }

        var family = this[prefixes.Family];
        var numbers = peer[prefixes.Family];
        var limit = peer.Settings.PrefixLimit ?? int.MaxValue;
        var attributes = _last.Intern(Attributes, view, nextHop);
        foreach (var entry in prefixes)
        {
            family.Announce(peer, entry, attributes);
            if (numbers.Received > limit && family.HasWork)
            {
                // What is left of a session before does not count.
                var all = int.MaxValue;
                family.Sweep(ref all);
            }

            if (numbers.Received > limit)
            {
                receipt = receipt with { LimitExceeded = prefixes.Family };
                return false;
            }
        }

        if (!numbers.LimitWarned && numbers.Received >= (long)limit * peer.Settings.PrefixWarningPercent / 100 && limit != int.MaxValue)
        {
            numbers.LimitWarned = true;
            receipt = receipt with { LimitWarning = prefixes.Family };
        }

        return true;
    }

    private void Detach(RibPeer peer)
    {
        foreach (var family in Families)
        {
            family.Detach(peer);
        }
    }
}
