namespace Loxi.Bgp.Wire;

/// <summary>Error codes of a NOTIFICATION (RFC 4271 4.5, 7313, 9687).</summary>
internal enum BgpErrorCode : byte
{
    None = 0,
    MessageHeader = 1,
    OpenMessage = 2,
    UpdateMessage = 3,
    HoldTimerExpired = 4,
    FiniteStateMachine = 5,
    Cease = 6,
    RouteRefreshMessage = 7,
    SendHoldTimerExpired = 8,
}
