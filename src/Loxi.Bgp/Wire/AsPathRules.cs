using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Whether the octets of an AS_PATH or AS4_PATH can be used.</summary>
internal static class AsPathRules
{
    /// <summary>
    /// Longest path in canonical form, in octets: four times what fits a message of 4,096 octets. A block holds 65,535 octets of one
    /// attribute, and a path must be able to grow when it is passed on.
    /// </summary>
    internal const int LongestPath = 32768;

    /// <summary>RFC 7606 7.2 with RFC 7607 2 and 9774 3; confederation segments have no place without a confederation (RFC 5065 5).</summary>
    internal static bool IsUsable(ReadOnlySpan<byte> value, bool fourOctetAs)
    {
        var scan = Scan(value, fourOctetAs ? 4 : 2);
        return scan is { IsMalformed: false, HasSet: false, HasConfederation: false } && (fourOctetAs ? value.Length : 2 * value.Length) <= LongestPath;
    }

    /// <summary>RFC 6793 6; a set makes the route unusable all the same (RFC 9774 3).</summary>
    internal static (byte Subcode, ErrorHandling Handling) CheckAs4(ReadOnlySpan<byte> value)
    {
        var scan = Scan(value, 4);
        if (value.IsEmpty || scan.IsMalformed || value.Length > LongestPath)
        {
            return (UpdateSubcode.OptionalAttribute, ErrorHandling.AttributeDiscard);
        }

        return scan.HasSet ? (UpdateSubcode.MalformedAsPath, ErrorHandling.TreatAsWithdraw) : default;
    }

    private static (bool IsMalformed, bool HasSet, bool HasConfederation) Scan(ReadOnlySpan<byte> value, int width)
    {
        var hasSet = false;
        var hasConfederation = false;
        while (!value.IsEmpty)
        {
            if (value.Length < 2 || value[1] == 0 || value.Length < 2 + (width * value[1]))
            {
                return (true, hasSet, hasConfederation);
            }

            switch ((AsSegmentType)value[0])
            {
                case AsSegmentType.Sequence:
                    break;
                case AsSegmentType.Set:
                    hasSet = true;
                    break;
                case AsSegmentType.ConfederationSequence:
                    hasConfederation = true;
                    break;
                case AsSegmentType.ConfederationSet:
                    hasSet = hasConfederation = true;
                    break;
                default:
                    return (true, hasSet, hasConfederation);
            }

            if (HasZero(value.Slice(2, width * value[1]), width))
            {
                return (true, hasSet, hasConfederation);
            }

            value = value[(2 + (width * value[1]))..];
        }

        return (false, hasSet, hasConfederation);
    }

    private static bool HasZero(ReadOnlySpan<byte> numbers, int width)
    {
        for (; !numbers.IsEmpty; numbers = numbers[width..])
        {
            if ((width == 4 ? BinaryPrimitives.ReadUInt32BigEndian(numbers) : BinaryPrimitives.ReadUInt16BigEndian(numbers)) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
