using Loxi.Bfd.Session;
using Microsoft.Extensions.Logging;

namespace Loxi.Bfd;

public sealed partial class BfdSpeaker
{
    [LoggerMessage(5000, LogLevel.Information, "BFD session {Session} went from {From} to {To}: {Cause}")]
    private partial void LogChanged(BfdSessionKey session, BfdState from, BfdState to, BfdTransitionCause cause);

    [LoggerMessage(5001, LogLevel.Warning, "BFD session {Session} went from Up to {To}: {Cause}; diagnostic {Diagnostic}, the peer's {RemoteDiagnostic}; found {Late:F1} ms after it was due")]
    private partial void LogLeftUp(BfdSessionKey session, BfdState to, BfdTransitionCause cause, BfdDiagnostic diagnostic, BfdDiagnostic remoteDiagnostic, double late);

    [LoggerMessage(5002, LogLevel.Warning, "Packets of BFD session {Session} cannot be sent: {Reason} (errno {Error})")]
    private partial void LogSendFailed(BfdSessionKey session, string reason, long error);

    [LoggerMessage(5003, LogLevel.Information, "Packets of BFD session {Session} are sent again")]
    private partial void LogSendRecovered(BfdSessionKey session);

    [LoggerMessage(5004, LogLevel.Warning, "BFD was {Late:F1} ms late, more than half the detection time of {Sessions} sessions; garbage collections took {Pause:F1} ms of it. What had arrived meanwhile counts by its time of arrival")]
    private partial void LogLate(double late, long sessions, double pause);

    [LoggerMessage(5005, LogLevel.Warning, "BFD packets were lost because the receive buffer of port {Port} was full, {Lost} so far; no peer is taken for silent because of it")]
    private partial void LogOverflow(int port, long lost);

    [LoggerMessage(5006, LogLevel.Warning, "The peer of BFD session {Session} sends so seldom that the detection time is more than ten times the configured one")]
    private partial void LogDetectionTimeAlarm(BfdSessionKey session);

    [LoggerMessage(5007, LogLevel.Information, "The detection time of BFD session {Session} is as configured again")]
    private partial void LogDetectionTimeAlarmEnded(BfdSessionKey session);

    [LoggerMessage(5008, LogLevel.Information, "Packets of BFD session {Session} come from another address than before")]
    private partial void LogSourceChanged(BfdSessionKey session);

    [LoggerMessage(5009, LogLevel.Warning, "The peer of BFD session {Session} polls more often than it is answered: {Count} answers were left out")]
    private partial void LogFinalsSuppressed(BfdSessionKey session, long count);

    [LoggerMessage(5010, LogLevel.Warning, "BFD runs in the ordinary scheduling class, sessions may flap when processors are busy: {Reason}")]
    private partial void LogRealTimeRefused(string reason);

    [LoggerMessage(5011, LogLevel.Warning, "The receive buffer of BFD port {Port} is limited to {Bytes} bytes, less than 500 ms of all sessions: CAP_NET_ADMIN is missing and net.core.rmem_max is low")]
    private partial void LogBufferLimited(int port, int bytes);

    [LoggerMessage(5012, LogLevel.Warning, "BFD port {Port} has {Sessions} sessions, too many for the kernel's filter: packets of strangers are discarded after they were read")]
    private partial void LogFilterCoarse(int port, int sessions);

    [LoggerMessage(5013, LogLevel.Error, "A listener failed for a change of BFD session {Session}")]
    private partial void LogListenerFailed(Exception exception, BfdSessionKey session);

    [LoggerMessage(5014, LogLevel.Critical, "BFD has failed: no session is watched any more")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(5015, LogLevel.Debug, "BFD sessions: {Added} added, {Removed} removed, {Changed} changed")]
    private partial void LogApplied(int added, int removed, int changed);

    [LoggerMessage(5016, LogLevel.Information, "The interface of BFD session {Session} was made anew; the session is bound to it")]
    private partial void LogMoved(BfdSessionKey session);

    [LoggerMessage(5017, LogLevel.Debug, "BFD session {Session} cannot be bound to its new interface yet")]
    private partial void LogNotMoved(Exception exception, BfdSessionKey session);
}
