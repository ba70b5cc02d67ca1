using System.Buffers.Binary;
using System.Diagnostics;

namespace Loxi.Bgp.Wire;

/// <summary>Writes a canonical block, attribute by attribute, ascending by type.</summary>
internal ref struct AttributeBlockWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _lastType = -1;

    internal int Length { get; private set; }

    /// <summary>Adds an attribute with the flags of its type.</summary>
    internal void Add(AttributeType type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, AttributeFlags.Of(type), value.Length));

    internal void Add(AttributeType type, byte flags, scoped ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, flags, value.Length));

    internal void AddOrigin(BgpOrigin origin) => Begin(AttributeType.Origin, AttributeFlags.Transitive, 1)[0] = (byte)origin;

    /// <summary>AS_PATH of one sequence, at most 255 numbers; empty for a route of our own.</summary>
    internal void AddAsPath(scoped ReadOnlySpan<uint> sequence)
    {
        var value = Begin(AttributeType.AsPath, AttributeFlags.Transitive, sequence.IsEmpty ? 0 : 2 + (4 * sequence.Length));
        if (!sequence.IsEmpty)
        {
            value[0] = (byte)AsSegmentType.Sequence;
            value[1] = checked((byte)sequence.Length);
            Write(sequence, value[2..]);
        }
    }

    internal void AddMed(uint value) => AddNumber(AttributeType.MultiExitDisc, value);

    internal void AddLocalPreference(uint value) => AddNumber(AttributeType.LocalPreference, value);

    internal void AddOriginatorId(uint value) => AddNumber(AttributeType.OriginatorId, value);

    internal void AddOnlyToCustomer(uint value) => AddNumber(AttributeType.OnlyToCustomer, value);

    internal void AddCommunities(scoped ReadOnlySpan<uint> values) => Write(values, Begin(AttributeType.Communities, AttributeFlags.OptionalTransitive, 4 * values.Length));

    internal void AddExtendedCommunities(scoped ReadOnlySpan<ulong> values)
    {
        var value = Begin(AttributeType.ExtendedCommunities, AttributeFlags.OptionalTransitive, 8 * values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(value[(8 * i)..], values[i]);
        }
    }

    /// <summary>LARGE_COMMUNITY, sorted and each value once.</summary>
    internal void AddLargeCommunities(scoped ReadOnlySpan<BgpLargeCommunity> values)
    {
        var value = Begin(AttributeType.LargeCommunities, AttributeFlags.OptionalTransitive, LargeCommunityList.Size * values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var one = value.Slice(LargeCommunityList.Size * i, LargeCommunityList.Size);
            BinaryPrimitives.WriteUInt32BigEndian(one, values[i].GlobalAdministrator);
            BinaryPrimitives.WriteUInt32BigEndian(one[4..], values[i].LocalData1);
            BinaryPrimitives.WriteUInt32BigEndian(one[8..], values[i].LocalData2);
        }

        Shorten(value.Length, LargeCommunityOrder.Normalize(value));
    }

    internal void AddNumber(AttributeType type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Begin(type, AttributeFlags.Of(type), 4), value);

    /// <summary>Adds an attribute whose value the caller fills in.</summary>
    internal Span<byte> Begin(AttributeType type, byte flags, int length)
    {
        Debug.Assert((int)type > _lastType, "ascending by type");
        _lastType = (int)type;
        var attribute = _destination.Slice(Length, AttributeBlock.HeaderSize + length);
        attribute[0] = flags;
        attribute[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], checked((ushort)length));
        Length += attribute.Length;
        return attribute[AttributeBlock.HeaderSize..];
    }

    /// <summary>Makes the last attribute shorter.</summary>
    /// <param name="from">Length of its value.</param>
    /// <param name="to">Length that stays.</param>
    internal void Shorten(int from, int to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_destination[(Length - from - 2)..], (ushort)to);
        Length -= from - to;
    }

    private static void Write(scoped ReadOnlySpan<uint> values, Span<byte> destination)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], values[i]);
        }
    }
}
