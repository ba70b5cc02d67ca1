using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>LARGE_COMMUNITY (RFC 8092); in a canonical block ascending and each once.</summary>
internal readonly ref struct LargeCommunityList(ReadOnlySpan<byte> value)
{
    internal const int Size = 12;

    private readonly ReadOnlySpan<byte> _value = value;

    internal int Count => _value.Length / Size;

    internal BgpLargeCommunity this[int index]
    {
        get
        {
            var one = _value.Slice(Size * index, Size);
            return new BgpLargeCommunity(BinaryPrimitives.ReadUInt32BigEndian(one), BinaryPrimitives.ReadUInt32BigEndian(one[4..]), BinaryPrimitives.ReadUInt32BigEndian(one[8..]));
        }
    }

    public Enumerator GetEnumerator() => new(this);

    internal bool Contains(BgpLargeCommunity community)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i] == community)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes through the values.</summary>
    internal ref struct Enumerator(LargeCommunityList list)
    {
        private readonly LargeCommunityList _list = list;
        private int _index = -1;

        public readonly BgpLargeCommunity Current => _list[_index];

        public bool MoveNext() => ++_index < _list.Count;
    }
}
