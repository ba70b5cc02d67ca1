using Loxi.Api.V1;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>Writes peers and routes as <c>/loxi/v1/bgp</c> shows them.</summary>
internal static class BgpReports
{
    public static BgpPeer ToPeer(BgpPeerReport report, uint speakerAs, BgpPeerErrors? errors = null) => new()
    {
        Address = report.Key.Address.ToString(),
        Interface = report.Key.Interface,
        Description = report.Settings.Description.Length == 0 ? null : report.Settings.Description,
        RemoteAs = report.Settings.RemoteAs,
        LocalAs = report.Settings.LocalAs ?? speakerAs,
        State = BgpNames.Of(report.State),
        Seconds = (long)report.InState.TotalSeconds,
        Dynamic = report.IsDynamic,
        Held = report.Held,
        Session = report.Session is { } session ? ToSession(session) : null,
        Families = [.. report.Families.Select(ToFamily)],
        Counters = ToCounters(report.Counters),
        LastEnd = report.LastEnd is { } end ? ToEnd(end) : null,
        Ends = errors is null ? null : [.. errors.Ends.Select(ToEnd)],
        Malformed = errors is null ? null : [.. errors.Malformed.Select(ToMalformed)],
    };

    public static BgpRouteEntry ToRoute(BgpRoute route) => new()
    {
        Prefix = route.Prefix.ToString(),
        Peer = route.Peer?.ToString(),
        PathId = route.PathId == 0 ? null : route.PathId,
        NextHop = route.NextHop?.ToString(),
        AsPath = route.AsPath,
        Origin = BgpNames.Of(route.Origin),
        Med = route.Med,
        LocalPreference = route.LocalPreference,
        Communities = route.Communities.IsEmpty ? null : [.. route.Communities.Select(BgpCommunityText.Of)],
        ExtendedCommunities = route.ExtendedCommunities.IsEmpty ? null : [.. route.ExtendedCommunities.Select(BgpCommunityText.OfExtended)],
        LargeCommunities = route.LargeCommunities.IsEmpty ? null : [.. route.LargeCommunities.Select(static c => c.ToString())],
        Best = route.IsBest,
        Multipath = route.IsMultipath,
        Stale = route.IsStale,
        Rejection = route.Rejection,
    };

    private static BgpSession ToSession(BgpSessionReport session) => new()
    {
        Local = session.Local.ToString(),
        Remote = session.Remote.ToString(),
        RouterId = session.RouterId.ToString(),
        HoldTime = (long)session.HoldTime.TotalSeconds,
        Keepalive = (long)session.KeepaliveInterval.TotalSeconds,
        Capabilities = [.. session.Capabilities],
    };

    private static BgpFamilyCounts ToFamily(BgpFamilyReport family) => new()
    {
        Family = BgpNames.Of(family.Family),
        Received = family.Received,
        Accepted = family.Accepted,
        Advertised = family.Advertised,
        Pending = family.Pending,
        Missing = family.OwnMissing,
        Stale = family.Stale,
        EndOfRib = family.IsEndOfRibReceived,
    };

    private static BgpMessageCounters ToCounters(BgpPeerCounters counters) => new()
    {
        MessagesReceived = counters.MessagesReceived,
        MessagesSent = counters.MessagesSent,
        UpdatesReceived = counters.UpdatesReceived,
        UpdatesSent = counters.UpdatesSent,
        NotificationsReceived = counters.NotificationsReceived,
        NotificationsSent = counters.NotificationsSent,
        RefreshesReceived = counters.RefreshesReceived,
        RefreshesSent = counters.RefreshesSent,
        Established = counters.Established,
        ConnectAttempts = counters.ConnectAttempts,
        AttributesDiscarded = counters.AttributesDiscarded,
        TreatedAsWithdrawn = counters.TreatedAsWithdrawn,
    };

    private static BgpEnd ToEnd(BgpSessionEnd end) => new()
    {
        Time = end.Time,
        Text = end.Text,
        State = BgpNames.Of(end.State),
        Remote = end.IsRemote,
        Code = end.Code,
        Subcode = end.Subcode,
        Count = end.Count,
    };

    private static BgpMalformed ToMalformed(BgpMalformedMessage message) => new()
    {
        Time = message.Time,
        Reaction = BgpNames.Of(message.Reaction),
        Text = message.Text,
        Attribute = message.Attribute,
        Offset = message.Offset,
        Prefixes = [.. message.Prefixes.Select(static p => p.ToString())],
        Message = Convert.ToHexStringLower(message.Message.AsSpan()),
    };
}
