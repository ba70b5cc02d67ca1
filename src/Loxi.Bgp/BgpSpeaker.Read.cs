using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Session;

namespace Loxi.Bgp;

/// <content>Reports.</content>
public sealed partial class BgpSpeaker
{
    /// <summary>Reads all peers, dynamic ones too.</summary>
    /// <returns>By address, IPv4 first, and interface.</returns>
    public ImmutableArray<BgpPeerReport> ReadPeers() =>
    [
        .. _peers.Values.Select(Report)
            .OrderBy(static p => p.Key.Address.AddressFamily)
            .ThenBy(static p => Convert.ToHexString(p.Key.Address.GetAddressBytes()), StringComparer.Ordinal)
            .ThenBy(static p => p.Key.Interface, StringComparer.Ordinal),
    ];

    /// <summary>Reads what went wrong with a peer.</summary>
    /// <param name="peer">The peer.</param>
    /// <returns>Null: there is no such peer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public BgpPeerErrors? ReadErrors(BgpPeerKey peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return _peers.TryGetValue(peer, out var found) ? new BgpPeerErrors(found.Ends, found.Rib.Malformed.Read()) : null;
    }

    /// <summary>Reads what the speaker as a whole does.</summary>
    /// <returns>The status.</returns>
    public BgpSpeakerStatus ReadStatus() => new()
    {
        IsConfigured = _configuration is not null,
        Advertisements = _rib is { } all ? all.Use(static r => r.AdvertisementCount) : _advertisements.Count,
        Routes = _rib is not { } rib ? [] : [.. Enum.GetValues<BgpFamily>().Select(family => KeyValuePair.Create(family, rib.Use(r => r[family].BestCount)))],
        RepairedAnnouncements = Interlocked.Read(ref _repaired),
        RefusedConnections = _refusedBefore + _listening.Values.Sum(static l => l.Refused),
    };

    /// <summary>Waits until everything that is due to the peers of Established sessions is written to their connections.</summary>
    /// <param name="limit">How long to wait at most.</param>
    /// <returns>False: the time was over before.</returns>
    public async Task<bool> FlushAsync(TimeSpan limit)
    {
        if (_rib is not { } rib)
        {
            return true;
        }

        using var patience = new CancellationTokenSource(limit, _time);
        try
        {
            await rib.IdleAsync(patience.Token).ConfigureAwait(false);
            await Task.WhenAll(_peers.Values.Where(static p => p.Runner.GetStatus().State == BgpState.Established).Select(p => p.Rib.DrainAsync(patience.Token))).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private BgpPeerReport Report(SpeakerPeer peer)
    {
        var status = peer.Runner.GetStatus();
        var counters = peer.Runner.Counters;
        return new BgpPeerReport(peer.Key, peer.Runner.Settings, status.State)
        {
            IsDynamic = peer.Range is not null,
            Range = peer.Range,
            InState = status.InState,
            Session = status.Session is { } session ? ReportSession(session.Negotiated, session.Local, session.Remote, peer.Runner.Settings) : null,
            Families = [.. peer.Runner.Settings.Families.Select(family => ReportFamily(peer, family))],
            Counters = new BgpPeerCounters
            {
                MessagesReceived = Volatile.Read(ref counters.MessagesReceived),
                MessagesSent = Volatile.Read(ref counters.MessagesSent),
                UpdatesReceived = Volatile.Read(ref counters.UpdatesReceived),
                UpdatesSent = Volatile.Read(ref counters.UpdatesSent),
                NotificationsReceived = Volatile.Read(ref counters.NotificationsReceived),
                NotificationsSent = Volatile.Read(ref counters.NotificationsSent),
                RefreshesReceived = Volatile.Read(ref counters.RefreshesReceived),
                RefreshesSent = Volatile.Read(ref counters.RefreshesSent),
                ConnectAttempts = Volatile.Read(ref counters.ConnectAttempts),
                Established = status.EstablishedCount,
                AttributesDiscarded = peer.Rib.Malformed.AttributesDiscarded,
                TreatedAsWithdrawn = peer.Rib.Malformed.TreatedAsWithdrawn,
            },
            LastEnd = peer.LastEnd,
            Held = Held(status.Hold),
        };
    }

    private BgpFamilyReport ReportFamily(SpeakerPeer peer, BgpFamily family)
    {
        var numbers = _rib!.Use(rib => rib.Numbers(peer.Rib.Peer, family));
        return new BgpFamilyReport(family)
        {
            Received = numbers.Received,
            Accepted = numbers.Accepted,
            Advertised = numbers.Advertised,
            Pending = numbers.Pending,
            OwnDue = numbers.OwnDesired,
            OwnMissing = numbers.OwnMissing,
            Stale = numbers.Stale,
            IsEndOfRibReceived = family == BgpFamily.Ipv4Unicast ? peer.Rib.IsEndOfRibIpv4 : peer.Rib.IsEndOfRibIpv6,
        };
    }

    private static BgpSessionReport ReportSession(NegotiatedSession session, IPEndPoint local, IPEndPoint remote, BgpPeerSettings settings) => new()
    {
        Local = local,
        Remote = remote,
        RouterId = new IPAddress(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)session.Received.Identifier))),
        RemoteAs = session.Received.As,
        HoldTime = TimeSpan.FromSeconds(session.HoldTime),
        KeepaliveInterval = session.HoldTime == 0 ? TimeSpan.Zero
            : settings.KeepaliveInterval is { } own && own < TimeSpan.FromSeconds(session.HoldTime / 3.0) ? own : TimeSpan.FromSeconds(session.HoldTime / 3.0),
        Capabilities = [.. Capabilities(session)],
    };

    private static IEnumerable<string> Capabilities(NegotiatedSession session)
    {
        foreach (var family in session.Families)
        {
            yield return family == BgpFamily.Ipv4Unicast ? "ipv4-unicast" : "ipv6-unicast";
        }

        foreach (var (has, name) in new[]
        {
            (session.FourOctetAs, "4-octet-as"), (session.RouteRefresh, "route-refresh"), (session.EnhancedRouteRefresh, "enhanced-route-refresh"),
            (session.MaxSendLength > 4096, "extended-message"), (session.Ipv4OverIpv6NextHop, "extended-next-hop"), (!session.AddPathReceive.IsEmpty, "add-path-receive"),
            (!session.AddPathSend.IsEmpty, "add-path-send"), (session.PeerGracefulRestart is not null, "graceful-restart"), (session.GracefulNotification, "graceful-notification"),
            (!session.PeerLongLived.IsEmpty, "long-lived-graceful-restart"), (session.LocalRole is not null, "role"),
        })
        {
            if (has)
            {
                yield return name;
            }
        }
    }

    private static string? Held(HoldReason? reason) => reason switch
    {
        null => null,
        HoldReason.Stopped => "stopped",
        HoldReason.AdministrativelyDown => "administratively down",
        HoldReason.Damping => "waits after a failure",
        HoldReason.PrefixLimit => "prefix limit",
        HoldReason.WaitsForBfd => "waits for BFD",
        _ => reason.ToString(),
    };
}
