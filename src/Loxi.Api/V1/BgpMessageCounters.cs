using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>What was counted of a BGP peer over all its sessions.</summary>
public sealed record BgpMessageCounters
{
    /// <summary>Messages that arrived.</summary>
    [JsonPropertyName("messagesReceived")]
    public long MessagesReceived { get; init; }

    /// <summary>Messages that were sent.</summary>
    [JsonPropertyName("messagesSent")]
    public long MessagesSent { get; init; }

    /// <summary>UPDATEs that arrived.</summary>
    [JsonPropertyName("updatesReceived")]
    public long UpdatesReceived { get; init; }

    /// <summary>UPDATEs that were sent.</summary>
    [JsonPropertyName("updatesSent")]
    public long UpdatesSent { get; init; }

    /// <summary>NOTIFICATIONs that arrived.</summary>
    [JsonPropertyName("notificationsReceived")]
    public long NotificationsReceived { get; init; }

    /// <summary>NOTIFICATIONs that were sent.</summary>
    [JsonPropertyName("notificationsSent")]
    public long NotificationsSent { get; init; }

    /// <summary>ROUTE-REFRESHes that arrived.</summary>
    [JsonPropertyName("refreshesReceived")]
    public long RefreshesReceived { get; init; }

    /// <summary>ROUTE-REFRESHes that were sent.</summary>
    [JsonPropertyName("refreshesSent")]
    public long RefreshesSent { get; init; }

    /// <summary>How often a session was Established.</summary>
    [JsonPropertyName("established")]
    public long Established { get; init; }

    /// <summary>Own attempts to connect.</summary>
    [JsonPropertyName("connectAttempts")]
    public long ConnectAttempts { get; init; }

    /// <summary>UPDATEs of which an attribute was left out (RFC 7606).</summary>
    [JsonPropertyName("attributesDiscarded")]
    public long AttributesDiscarded { get; init; }

    /// <summary>UPDATEs whose routes were taken for withdrawn (RFC 7606).</summary>
    [JsonPropertyName("treatedAsWithdrawn")]
    public long TreatedAsWithdrawn { get; init; }
}
