using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>Hard Reset (RFC 8538 3): with the N bit of both, an ordinary Cease keeps routes; what must not is wrapped.</summary>
internal static class HardReset
{
    internal static SessionNotification Wrap(SessionNotification notification, SessionConnection connection)
        => connection is { State: BgpState.Established, Negotiated.GracefulNotification: true } && notification.Code == BgpErrorCode.Cease
            && notification.Subcode is CeaseSubcode.MaximumPrefixes or CeaseSubcode.AdministrativeShutdown or CeaseSubcode.PeerDeconfigured
            ? new SessionNotification(BgpErrorCode.Cease, CeaseSubcode.HardReset, [(byte)notification.Code, notification.Subcode, .. notification.Data])
            : notification;
}
