using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>
/// The attributes of a route in canonical form: ascending by type, each as flags, type, length of two octets, value. AS numbers have
/// four octets and AS4_PATH is merged; next hop and MP attributes are not in it; unknown transitive ones are, with Partial set.
/// Equal bytes are equal attributes.
/// </summary>
internal readonly ref struct AttributeBlock(ReadOnlySpan<byte> bytes)
{
    internal const int HeaderSize = 4;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal bool IsEmpty => _bytes.IsEmpty;

    /// <summary>ORIGIN; INCOMPLETE where there is none.</summary>
    internal BgpOrigin Origin => TryGet(AttributeType.Origin, out var value) ? (BgpOrigin)value[0] : BgpOrigin.Incomplete;

    internal AsPath AsPath => new(Get(AttributeType.AsPath));

    internal uint? Med => Number(AttributeType.MultiExitDisc);

    internal uint? LocalPreference => Number(AttributeType.LocalPreference);

    internal uint? OriginatorId => Number(AttributeType.OriginatorId);

    internal uint? OnlyToCustomer => Number(AttributeType.OnlyToCustomer);

    internal bool AtomicAggregate => TryGet(AttributeType.AtomicAggregate, out _);

    internal (uint As, uint Address)? Aggregator => TryGet(AttributeType.Aggregator, out var value)
        ? (BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]))
        : null;

    internal CommunityList Communities => new(Get(AttributeType.Communities));

    internal ExtendedCommunityList ExtendedCommunities => new(Get(AttributeType.ExtendedCommunities));

    internal LargeCommunityList LargeCommunities => new(Get(AttributeType.LargeCommunities));

    internal CommunityList ClusterList => new(Get(AttributeType.ClusterList));

    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>The value of an attribute, empty when it is absent.</summary>
    internal ReadOnlySpan<byte> Get(AttributeType type)
    {
        TryGet(type, out var value);
        return value;
    }

    internal bool TryGet(AttributeType type, out ReadOnlySpan<byte> value)
    {
        foreach (var entry in this)
        {
            if (entry.Type >= type)
            {
                value = entry.Type == type ? entry.Value : default;
                return entry.Type == type;
            }
        }

        value = default;
        return false;
    }

    private uint? Number(AttributeType type) => TryGet(type, out var value) ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    /// <summary>Goes through the attributes.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;
        private ReadOnlySpan<byte> _current;

        public readonly AttributeEntry Current => new((AttributeType)_current[1], _current[0], _current[HeaderSize..]);

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var size = HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            _current = _rest[..size];
            _rest = _rest[size..];
            return true;
        }
    }
}
