namespace Loxi.Ha.Announce;

/// <summary>What an announcer has done since it started.</summary>
public sealed record AnnouncerCounters
{
    /// <summary>ARP frames sent, requests and replies.</summary>
    public long ArpFrames { get; init; }

    /// <summary>Neighbour advertisements sent.</summary>
    public long AdvertisementFrames { get; init; }

    /// <summary>Probe frames sent.</summary>
    public long ProbeFrames { get; init; }

    /// <summary>Frames that a link would not send.</summary>
    public long SendErrors { get; init; }

    /// <summary>Addresses put on interfaces.</summary>
    public long AddressesAdded { get; init; }

    /// <summary>Addresses taken off interfaces.</summary>
    public long AddressesRemoved { get; init; }

    /// <summary>Addresses that the kernel would not add or remove.</summary>
    public long AddressErrors { get; init; }

    /// <summary>Claims of other hosts for addresses for which the node was master.</summary>
    public long Conflicts { get; init; }

    /// <summary>Announcements made because of such claims.</summary>
    public long Defences { get; init; }

    /// <summary>Claims that were not looked at because too many waited.</summary>
    public long ClaimsLost { get; init; }

    /// <summary>Questions to gateways.</summary>
    public long GatewayFrames { get; init; }

    /// <summary>Frames of the last announcement of all that was due.</summary>
    public int LastBatchFrames { get; init; }

    /// <summary>From before its first frame to after its last.</summary>
    public TimeSpan LastBatchDuration { get; init; }
}
