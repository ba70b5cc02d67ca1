using Loxi.Node.Bfd;

namespace Loxi.Node.Composition;

internal sealed partial class NodeBfd
{
    [LoggerMessage(8040, LogLevel.Information, "The peer of BFD session {Session} is on no connected subnet: the session is one over several hops, UDP port {Port}, least TTL {MinTtl}")]
    private partial void LogMultihop(BfdName session, int port, int minTtl);

    [LoggerMessage(8041, LogLevel.Information, "BFD session {Session} of --ka is saved with settings of its own, which hold")]
    private partial void LogSavedHolds(BfdName session);

    [LoggerMessage(8042, LogLevel.Warning, "BFD session {Session} is not in force until the network changes: {Problem}")]
    private partial void LogWaiting(BfdName session, string problem);

    [LoggerMessage(8043, LogLevel.Information, "BFD session {Session} is in force: the network has changed")]
    private partial void LogNoLongerWaiting(BfdName session);

    [LoggerMessage(8044, LogLevel.Error, "Changes of the network cannot be followed: BFD sessions that wait for one stay out of force until they are posted again")]
    private partial void LogNotFollowed(Exception exception);

    [LoggerMessage(8045, LogLevel.Error, "BFD sessions could not be put back as they were before a change that could not be saved: {Problems}")]
    private partial void LogNotTakenBack(string problems);

    [LoggerMessage(8046, LogLevel.Error, "The BFD session of --ka could not follow a change of the other nodes: {Problems}")]
    private partial void LogKeepAliveNotFollowed(string problems);
}
