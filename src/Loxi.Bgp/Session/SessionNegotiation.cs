using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>What two accepted OPENs agree on.</summary>
internal static class SessionNegotiation
{
    private const int OrdinaryLength = 4096;
    private const int ExtendedLength = 65_535;

    internal static NegotiatedSession Negotiate(OpenMessage sent, OpenMessage received)
    {
        var (ours, theirs) = (sent.Capabilities, received.Capabilities);
        var families = Families(sent, received);
        var external = sent.As != received.As;
        var graceful = ours.GracefulRestart is not null && theirs.GracefulRestart is not null;
        return new NegotiatedSession
        {
            Sent = sent,
            Received = received,
            IsExternal = external,
            LocalAs = sent.As,
            Families = families,
            HoldTime = Math.Min(sent.HoldTime, received.HoldTime),
            FourOctetAs = ours.FourOctetAs is not null && theirs.FourOctetAs is not null,
            RouteRefresh = ours.RouteRefresh && theirs.RouteRefresh,
            EnhancedRouteRefresh = ours is { RouteRefresh: true, EnhancedRouteRefresh: true } && theirs is { RouteRefresh: true, EnhancedRouteRefresh: true },
            Ipv4OverIpv6NextHop = ours.Ipv4OverIpv6NextHop && theirs.Ipv4OverIpv6NextHop && families.Contains(BgpFamily.Ipv4Unicast),
            AddPathReceive = [.. families.Where(family => Entry(ours, family).CanReceive && Entry(theirs, family).CanSend)],
            AddPathSend = [.. families.Where(family => Entry(ours, family).CanSend && Entry(theirs, family).CanReceive)],
            MaxSendLength = ours.ExtendedMessage && theirs.ExtendedMessage ? ExtendedLength : OrdinaryLength,
            // RFC 8654 4: who has advertised it must take long messages, whatever the peer has said.
            MaxReceiveLength = ours.ExtendedMessage ? ExtendedLength : OrdinaryLength,
            PeerGracefulRestart = graceful ? theirs.GracefulRestart : null,
            GracefulNotification = graceful && ours.GracefulRestart!.Notification && theirs.GracefulRestart!.Notification,
            // RFC 9494 4.5: without the graceful restart capability beside it, it counts as not received.
            PeerLongLived = graceful && !ours.LongLived.IsEmpty ? [.. theirs.LongLived.Where(entry => families.Contains(entry.Family))] : [],
            LocalRole = external && theirs.Role is not null ? ours.Role : null,
        };
    }

    /// <summary>The families that both offer, in our order; a peer without the capability offers IPv4 unicast (RFC 4760 8).</summary>
    internal static ImmutableArray<BgpFamily> Families(OpenMessage sent, OpenMessage received)
    {
        var theirs = received.Capabilities;
        return [.. sent.Capabilities.Families.Where(family => theirs.HasMultiprotocol ? theirs.Families.Contains(family) : family == BgpFamily.Ipv4Unicast)];
    }

    private static AddPathCapability Entry(Capabilities capabilities, BgpFamily family)
        => capabilities.AddPath.FirstOrDefault(entry => entry.Family == family);
}
