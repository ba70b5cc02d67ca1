using Loxi.Core;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp;

public sealed partial class BgpSpeaker
{
    [LoggerMessage(4020, LogLevel.Error, "A listener has failed on a change of BGP peer {Peer}")]
    private partial void LogListenerFailed(Exception exception, BgpPeerKey peer);

    [LoggerMessage(4021, LogLevel.Information, "BGP listens on {EndPoint}")]
    private partial void LogListening(System.Net.IPEndPoint endPoint);

    [LoggerMessage(4022, LogLevel.Warning, "A BGP peer from {Network} is refused: {Limit} of them are connected")]
    private partial void LogRangeFull(System.Net.IPNetwork network, int limit);

    [LoggerMessage(4027, LogLevel.Error, "{Count} BGP announcements were not as they should be, and are put right: a defect")]
    private partial void LogRepaired(int count);

    [LoggerMessage(4026, LogLevel.Error, "A key of TCP could not be put back after a configuration that was refused: {Problem}")]
    private partial void LogKeyNotRestored(Problem problem);
}
