using Loxi.Ha.Roles;
using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Transport;

public sealed partial class RoleSpeaker
{
    [LoggerMessage(3100, LogLevel.Information, "VIP group {Group} went from {From} to {To}: {Cause}, term {Term}, node {Peer}")]
    private partial void LogTransition(string group, HelloRole from, HelloRole to, RoleCause cause, ulong term, ushort? peer);

    [LoggerMessage(3101, LogLevel.Warning, "VIP group {Group}: {Alarm}, node {Peer}")]
    private partial void LogRoleAlarm(string group, RoleAlarm alarm, ushort? peer);

    [LoggerMessage(3115, LogLevel.Information, "VIP group {Group}: {Alarm} is over, node {Peer}")]
    private partial void LogRoleAlarmOver(string group, RoleAlarm alarm, ushort? peer);

    [LoggerMessage(3102, LogLevel.Warning, "HELLO {Alarm}: {Text}")]
    private partial void LogAlarm(HelloAlarm alarm, string text);

    [LoggerMessage(3103, LogLevel.Information, "HELLO {Alarm} is over: {Text}")]
    private partial void LogAlarmOver(HelloAlarm alarm, string text);

    [LoggerMessage(3104, LogLevel.Warning, "Roles are decided in the ordinary scheduling class, they may change when processors are busy: {Reason}")]
    private partial void LogRealTimeRefused(string reason);

    [LoggerMessage(3105, LogLevel.Critical, "Roles have failed: the gates close, and no node is heard any more")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(3106, LogLevel.Error, "{Effect} of VIP group {Group} failed")]
    private partial void LogEffectFailed(Exception exception, RoleActionKind effect, string group);

    [LoggerMessage(3107, LogLevel.Error, "A listener failed for: {Event}")]
    private partial void LogListenerFailed(Exception exception, string @event);

    [LoggerMessage(3108, LogLevel.Debug, "Roles: node {NodeId}, {Peers} peers, {Groups} VIP groups, HELLO authentication {Mode}")]
    private partial void LogApplied(ushort nodeId, int peers, int groups, HelloAuthenticationMode mode);

    [LoggerMessage(3109, LogLevel.Debug, "The interface of path {Path} cannot be looked for; it is tried again")]
    private partial void LogInterfaceUnknown(Exception exception, RolePath path);
}
