namespace Loxi.Bgp.Wire;

/// <summary>Flags of path attributes (RFC 4271 4.3). The lower four bits mean nothing.</summary>
internal static class AttributeFlags
{
    internal const byte Optional = 0x80;
    internal const byte Transitive = 0x40;
    internal const byte Partial = 0x20;
    internal const byte ExtendedLength = 0x10;
    internal const byte OptionalTransitive = Optional | Transitive;

    /// <summary>Optional and Transitive as the attribute's RFC has them; 0 for a type that is not recognised.</summary>
    internal static byte Of(AttributeType type) => type switch
    {
        AttributeType.Origin or AttributeType.AsPath or AttributeType.NextHop or AttributeType.LocalPreference or AttributeType.AtomicAggregate => Transitive,
        AttributeType.MultiExitDisc or AttributeType.OriginatorId or AttributeType.ClusterList or AttributeType.MpReach or AttributeType.MpUnreach
            or AttributeType.Aigp => Optional,
        AttributeType.Aggregator or AttributeType.Communities or AttributeType.ExtendedCommunities or AttributeType.As4Path or AttributeType.As4Aggregator
            or AttributeType.Ipv6ExtendedCommunities or AttributeType.LargeCommunities or AttributeType.OnlyToCustomer => OptionalTransitive,
        _ => 0,
    };
}
