namespace Loxi.Bgp.Rib;

/// <summary>An own announcement, and in which setting of all of them it was named last.</summary>
internal record struct OwnAdvertisement(BgpAdvertisement Advertisement, int Round);
