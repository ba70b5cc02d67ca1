using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Sync.Speaker;

internal static partial class SyncLog
{
    [LoggerMessage(3300, LogLevel.Information, "Sync with node {Peer}: the {Channel} stream is open, {Remote}")]
    internal static partial void Opened(ILogger logger, byte peer, SyncChannel channel, string remote);

    [LoggerMessage(3301, LogLevel.Warning, "Sync with node {Peer}: the {Channel} connection, {Remote}, is closed: {Reason}")]
    internal static partial void Closed(ILogger logger, byte peer, SyncChannel channel, string remote, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "Sync with node {Peer}: no {Channel} connection, {Remote}: {Reason}. It is tried again")]
    internal static partial void NotConnected(ILogger logger, byte peer, SyncChannel? channel, string remote, string reason);

    [LoggerMessage(3303, LogLevel.Warning, "Refused {Count} sync connections of no peer, the last from {Remote}: {Reason}")]
    internal static partial void Stranger(ILogger logger, long count, string remote, string reason);

    [LoggerMessage(3304, LogLevel.Information, "Sync is ready: all that live nodes had has come")]
    internal static partial void Ready(ILogger logger);

    [LoggerMessage(3305, LogLevel.Information, "Sync is not ready: not all that live nodes have is here")]
    internal static partial void NotReady(ILogger logger);

    [LoggerMessage(3306, LogLevel.Debug, "Sync: node {NodeId}, {Peers} peers, pin of this node {Pin}")]
    internal static partial void Applied(ILogger logger, byte nodeId, int peers, CertificatePin pin);

    [LoggerMessage(3307, LogLevel.Warning, "Sync: {Complaint}")]
    internal static partial void StateNotKept(ILogger logger, string complaint);

    [LoggerMessage(3308, LogLevel.Error, "A listener failed for: {Event}")]
    internal static partial void ListenerFailed(ILogger logger, Exception exception, SyncSpeakerEventKind @event);

    [LoggerMessage(3309, LogLevel.Critical, "Sync has failed: tables are kept alike no longer")]
    internal static partial void Failed(ILogger logger, Exception exception);
}
