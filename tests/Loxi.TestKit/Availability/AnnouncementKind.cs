namespace Loxi.TestKit.Availability;

/// <summary>The ways in which a host tells unasked that it has an address.</summary>
public enum AnnouncementKind
{
    /// <summary>Gratuitous ARP as a request.</summary>
    ArpRequest,

    /// <summary>Gratuitous ARP as a reply.</summary>
    ArpReply,

    /// <summary>Unsolicited neighbour advertisement with the override flag.</summary>
    Advertisement,

    /// <summary>Unsolicited neighbour advertisement without it: caches with another address keep that.</summary>
    AdvertisementWithoutOverride,
}
