namespace Loxi.Bgp.Transport;

/// <summary>What was counted of a peer, over all its connections. Each field is written by one thread at a time.</summary>
internal sealed class PeerCounters
{
    internal long MessagesReceived;
    internal long MessagesSent;
    internal long UpdatesReceived;
    internal long UpdatesSent;
    internal long NotificationsReceived;
    internal long NotificationsSent;
    internal long RefreshesReceived;
    internal long RefreshesSent;
    internal long ConnectAttempts;
}
