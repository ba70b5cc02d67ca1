using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Length and content of each attribute, and what follows when they are wrong: RFC 7606 7 and the attributes' own RFCs.</summary>
internal static class AttributeRules
{
    /// <param name="type">A recognised type, not one of the MP attributes.</param>
    /// <param name="value">Its value.</param>
    /// <param name="fourOctetAs">Whether AS numbers have four octets.</param>
    /// <returns>Subcode of the NOTIFICATION and what follows; None when it is right.</returns>
    internal static (byte Subcode, ErrorHandling Handling) Check(AttributeType type, ReadOnlySpan<byte> value, bool fourOctetAs) => type switch
    {
        // RFC 7606 7.1.
        AttributeType.Origin when value.Length != 1 => (UpdateSubcode.AttributeLength, ErrorHandling.TreatAsWithdraw),
        AttributeType.Origin when value[0] > (byte)BgpOrigin.Incomplete => (UpdateSubcode.InvalidOrigin, ErrorHandling.TreatAsWithdraw),

        // RFC 7606 7.2, 7607 2, 9774 3.
        AttributeType.AsPath when !AsPathRules.IsUsable(value, fourOctetAs) => (UpdateSubcode.MalformedAsPath, ErrorHandling.TreatAsWithdraw),

        // RFC 7606 7.3, 7.4, 7.5, 7.9; RFC 9234 5.
        AttributeType.NextHop or AttributeType.MultiExitDisc or AttributeType.LocalPreference or AttributeType.OriginatorId or AttributeType.OnlyToCustomer
            when value.Length != 4 => (UpdateSubcode.AttributeLength, ErrorHandling.TreatAsWithdraw),

        // RFC 7606 7.6.
        AttributeType.AtomicAggregate when value.Length != 0 => (UpdateSubcode.AttributeLength, ErrorHandling.AttributeDiscard),

        // RFC 7606 7.7; RFC 6793 6; RFC 7607 2.
        AttributeType.Aggregator => CheckAggregator(value, fourOctetAs),
        AttributeType.As4Aggregator => CheckAggregator(value, fourOctets: true),
        AttributeType.As4Path => AsPathRules.CheckAs4(value),

        // RFC 7606 7.8, 7.10, 7.14, 7.15; RFC 8092 5.
        AttributeType.Communities or AttributeType.ClusterList => CheckMultiple(value, 4),
        AttributeType.ExtendedCommunities => CheckMultiple(value, 8),
        AttributeType.LargeCommunities => CheckMultiple(value, LargeCommunityList.Size),
        AttributeType.Ipv6ExtendedCommunities => CheckMultiple(value, 20),

        _ => default,
    };

    private static (byte Subcode, ErrorHandling Handling) CheckMultiple(ReadOnlySpan<byte> value, int size)
        => value.IsEmpty || value.Length % size != 0 ? (UpdateSubcode.AttributeLength, ErrorHandling.TreatAsWithdraw) : default;

    private static (byte Subcode, ErrorHandling Handling) CheckAggregator(ReadOnlySpan<byte> value, bool fourOctets)
    {
        if (value.Length != (fourOctets ? 8 : 6))
        {
            return (UpdateSubcode.AttributeLength, ErrorHandling.AttributeDiscard);
        }

        var number = fourOctets ? BinaryPrimitives.ReadUInt32BigEndian(value) : BinaryPrimitives.ReadUInt16BigEndian(value);
        return number == 0 ? (UpdateSubcode.OptionalAttribute, ErrorHandling.AttributeDiscard) : default;
    }
}
