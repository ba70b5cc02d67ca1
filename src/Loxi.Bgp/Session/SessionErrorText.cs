using System.Globalization;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>An end of a session in words.</summary>
internal static class SessionErrorText
{
    internal static string Of(SessionError? error) => error switch
    {
        null => "nothing is known",
        { Kind: SessionErrorKind.Sent, Notification: { } sent } => $"sent {Of(sent)}",
        { Kind: SessionErrorKind.Received, Notification: { } received, Text: "" } => $"the peer sent {Of(received)}",
        { Kind: SessionErrorKind.Received, Notification: { } received, Text: var text } => $"the peer sent {Of(received)}: \"{text}\"",
        { Kind: SessionErrorKind.Replaced } => "the peer has restarted and connected anew",
        { Text: var text } => text,
    };

    /// <summary>As "Cease: Administrative Shutdown (6/2)".</summary>
    internal static string Of(SessionNotification notification)
    {
        var subcode = SubcodeName(notification);
        return string.Create(CultureInfo.InvariantCulture, $"{CodeName(notification.Code)}{(subcode is null ? "" : ": ")}{subcode} ({(byte)notification.Code}/{notification.Subcode})");
    }

    private static string CodeName(BgpErrorCode code) => code switch
    {
        BgpErrorCode.MessageHeader => "Message Header Error",
        BgpErrorCode.OpenMessage => "OPEN Message Error",
        BgpErrorCode.UpdateMessage => "UPDATE Message Error",
        BgpErrorCode.HoldTimerExpired => "Hold Timer Expired",
        BgpErrorCode.FiniteStateMachine => "Finite State Machine Error",
        BgpErrorCode.Cease => "Cease",
        BgpErrorCode.RouteRefreshMessage => "ROUTE-REFRESH Message Error",
        BgpErrorCode.SendHoldTimerExpired => "Send Hold Timer Expired",
        _ => "NOTIFICATION",
    };

    private static string? SubcodeName(SessionNotification notification) => (notification.Code, notification.Subcode) switch
    {
        (BgpErrorCode.MessageHeader, HeaderSubcode.ConnectionNotSynchronized) => "Connection Not Synchronized",
        (BgpErrorCode.MessageHeader, HeaderSubcode.BadMessageLength) => "Bad Message Length",
        (BgpErrorCode.MessageHeader, HeaderSubcode.BadMessageType) => "Bad Message Type",
        (BgpErrorCode.OpenMessage, OpenSubcode.UnsupportedVersion) => "Unsupported Version Number",
        (BgpErrorCode.OpenMessage, OpenSubcode.BadPeerAs) => "Bad Peer AS",
        (BgpErrorCode.OpenMessage, OpenSubcode.BadIdentifier) => "Bad BGP Identifier",
        (BgpErrorCode.OpenMessage, OpenSubcode.UnsupportedParameter) => "Unsupported Optional Parameter",
        (BgpErrorCode.OpenMessage, OpenSubcode.UnacceptableHoldTime) => "Unacceptable Hold Time",
        (BgpErrorCode.OpenMessage, OpenSubcode.UnsupportedCapability) => "Unsupported Capability",
        (BgpErrorCode.OpenMessage, OpenSubcode.RoleMismatch) => "Role Mismatch",
        (BgpErrorCode.FiniteStateMachine, StateSubcode.OpenSent) => "unexpected message in OpenSent",
        (BgpErrorCode.FiniteStateMachine, StateSubcode.OpenConfirm) => "unexpected message in OpenConfirm",
        (BgpErrorCode.FiniteStateMachine, StateSubcode.Established) => "unexpected message in Established",
        (BgpErrorCode.Cease, CeaseSubcode.MaximumPrefixes) => "Maximum Number of Prefixes Reached",
        (BgpErrorCode.Cease, CeaseSubcode.AdministrativeShutdown) => "Administrative Shutdown",
        (BgpErrorCode.Cease, CeaseSubcode.PeerDeconfigured) => "Peer De-configured",
        (BgpErrorCode.Cease, CeaseSubcode.AdministrativeReset) => "Administrative Reset",
        (BgpErrorCode.Cease, CeaseSubcode.ConnectionRejected) => "Connection Rejected",
        (BgpErrorCode.Cease, CeaseSubcode.OtherConfigurationChange) => "Other Configuration Change",
        (BgpErrorCode.Cease, CeaseSubcode.CollisionResolution) => "Connection Collision Resolution",
        (BgpErrorCode.Cease, CeaseSubcode.OutOfResources) => "Out of Resources",
        (BgpErrorCode.Cease, CeaseSubcode.HardReset) => "Hard Reset",
        (BgpErrorCode.Cease, CeaseSubcode.BfdDown) => "BFD Down",
        _ => null,
    };
}
