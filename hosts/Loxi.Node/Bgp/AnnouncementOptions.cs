namespace Loxi.Node.Bgp;

/// <summary>How VIPs are announced.</summary>
internal sealed record AnnouncementOptions
{
    public static AnnouncementOptions Default { get; } = new();

    /// <summary>Whether services without a healthy endpoint are announced too.</summary>
    public bool Unhealthy { get; init; }

    /// <summary>Whether the node is about to stop: routers shall look for other ways (RFC 8326).</summary>
    public bool IsLeaving { get; init; }
}
