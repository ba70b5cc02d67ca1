namespace Loxi.Bgp;

/// <summary>What has been counted of a peer since it was configured, over all its sessions.</summary>
public sealed record BgpPeerCounters
{
    /// <summary>Messages of every type that arrived.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>Messages of every type that were sent.</summary>
    public long MessagesSent { get; init; }

    /// <summary>UPDATEs that arrived.</summary>
    public long UpdatesReceived { get; init; }

    /// <summary>UPDATEs that were sent.</summary>
    public long UpdatesSent { get; init; }

    /// <summary>NOTIFICATIONs that arrived.</summary>
    public long NotificationsReceived { get; init; }

    /// <summary>NOTIFICATIONs that were sent.</summary>
    public long NotificationsSent { get; init; }

    /// <summary>ROUTE-REFRESHes that arrived.</summary>
    public long RefreshesReceived { get; init; }

    /// <summary>ROUTE-REFRESHes that were sent.</summary>
    public long RefreshesSent { get; init; }

    /// <summary>How often a session was Established.</summary>
    public long Established { get; init; }

    /// <summary>Own attempts to connect.</summary>
    public long ConnectAttempts { get; init; }

    /// <summary>UPDATEs of which an attribute was left out (RFC 7606).</summary>
    public long AttributesDiscarded { get; init; }

    /// <summary>UPDATEs whose routes were taken for withdrawn (RFC 7606).</summary>
    public long TreatedAsWithdrawn { get; init; }
}
