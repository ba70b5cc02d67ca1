namespace Loxi.Bgp.Wire;

/// <summary>Type codes of the path attributes that this speaker recognises.</summary>
internal enum AttributeType : byte
{
    Origin = 1,
    AsPath = 2,
    NextHop = 3,
    MultiExitDisc = 4,
    LocalPreference = 5,
    AtomicAggregate = 6,
    Aggregator = 7,
    Communities = 8,
    OriginatorId = 9,
    ClusterList = 10,
    MpReach = 14,
    MpUnreach = 15,
    ExtendedCommunities = 16,
    As4Path = 17,
    As4Aggregator = 18,
    Ipv6ExtendedCommunities = 25,
    Aigp = 26,
    LargeCommunities = 32,
    OnlyToCustomer = 35,
}
