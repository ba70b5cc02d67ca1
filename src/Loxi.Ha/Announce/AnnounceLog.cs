using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Announce;

internal static partial class AnnounceLog
{
    [LoggerMessage(3200, LogLevel.Information, "VIP group {Group}: master, {Count} addresses are announced")]
    internal static partial void Taken(ILogger logger, string group, int count);

    [LoggerMessage(3201, LogLevel.Information, "VIP group {Group}: not master, {Count} addresses are given up")]
    internal static partial void GivenUp(ILogger logger, string group, int count);

    [LoggerMessage(3202, LogLevel.Warning, "Another host claims address {Address} of VIP group {Group}: {Mac} on {Link}, {Count} times so far. This node is master and defends it")]
    internal static partial void Conflict(ILogger logger, string address, string group, string mac, string link, long count);

    [LoggerMessage(3203, LogLevel.Debug, "Peer {Mac} on {Link} still claims address {Address} of VIP group {Group}, which changes hands")]
    internal static partial void PeerClaim(ILogger logger, string mac, string link, string address, string group);

    [LoggerMessage(3204, LogLevel.Warning, "Address {Address} of VIP group {Group} is not in place: {Problem}. It is tried again every 5 s")]
    internal static partial void NotInPlace(ILogger logger, string address, string group, string problem);

    [LoggerMessage(3205, LogLevel.Information, "Address {Address} of VIP group {Group} is in place")]
    internal static partial void InPlace(ILogger logger, string address, string group);

    [LoggerMessage(3206, LogLevel.Warning, "Address {Address} of VIP group {Group} is in the subnet of no link that has neighbours, and no route leads to it by one: it is announced nowhere")]
    internal static partial void NoLink(ILogger logger, string address, string group);

    [LoggerMessage(3207, LogLevel.Information, "VIP group {Group}: links or addresses changed, it is announced anew")]
    internal static partial void LinksChanged(ILogger logger, string group);

    [LoggerMessage(3208, LogLevel.Warning, "{Count} announcements were not sent: {Reason}")]
    internal static partial void SendFailed(ILogger logger, int count, string reason);

    [LoggerMessage(3209, LogLevel.Information, "{Removed} addresses of an earlier run are removed, {Adopted} are kept")]
    internal static partial void Leftovers(ILogger logger, int removed, int adopted);

    [LoggerMessage(3210, LogLevel.Warning, "Address {Address} of VIP group {Group} is in use: {Mac} on {Link} answered a probe")]
    internal static partial void ProbeAnswered(ILogger logger, string address, string group, string mac, string link);

    [LoggerMessage(3211, LogLevel.Error, "A listener failed for what was told of address {Address}")]
    internal static partial void ListenerFailed(ILogger logger, Exception exception, string address);

    [LoggerMessage(3212, LogLevel.Error, "What the announcer had to do failed. It is tried again within a second")]
    internal static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(3213, LogLevel.Warning, "{Count} addresses could not be removed: {Reason}")]
    internal static partial void NotRemoved(ILogger logger, int count, string reason);

    [LoggerMessage(3214, LogLevel.Error, "Listening on links has ended: {What}. It begins again")]
    internal static partial void ListeningEnded(ILogger logger, Exception exception, string what);

    [LoggerMessage(3216, LogLevel.Warning, "Address {Address} of VIP group {Group} is on {Link} by somebody else's hand. It stays there, and is answered for also while this node is not master")]
    internal static partial void Foreign(ILogger logger, string address, string group, string link);

    [LoggerMessage(3217, LogLevel.Warning, "arp_ignore of {Link} keeps the kernel from answering for address {Address} of VIP group {Group}: expected 0, or the address on that link")]
    internal static partial void ArpIgnored(ILogger logger, string address, string group, string link);

    [LoggerMessage(3218, LogLevel.Warning, "The announcer's thread stays in the ordinary class: {Reason}")]
    internal static partial void NotRealTime(ILogger logger, string reason);

    [LoggerMessage(3219, LogLevel.Information, "No other host claims address {Address} of VIP group {Group} any more")]
    internal static partial void ConflictOver(ILogger logger, string address, string group);

    [LoggerMessage(3220, LogLevel.Warning, "Gateway {Address} on {Link} does not answer")]
    internal static partial void GatewayLost(ILogger logger, System.Net.IPAddress address, string link);

    [LoggerMessage(3221, LogLevel.Information, "Gateway {Address} on {Link} answers")]
    internal static partial void GatewayAnswers(ILogger logger, System.Net.IPAddress address, string link);

    [LoggerMessage(3215, LogLevel.Error, "Links and addresses cannot be read or changed. It is tried again")]
    internal static partial void NotRead(ILogger logger, Exception exception);
}
