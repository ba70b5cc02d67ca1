using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>EXTENDED COMMUNITIES (RFC 4360), each as 64 bits.</summary>
internal readonly ref struct ExtendedCommunityList(ReadOnlySpan<byte> value)
{
    private readonly ReadOnlySpan<byte> _value = value;

    internal int Count => _value.Length / 8;

    internal ulong this[int index] => BinaryPrimitives.ReadUInt64BigEndian(_value[(8 * index)..]);

    public Enumerator GetEnumerator() => new(this);

    internal bool Contains(ulong community)
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
    internal ref struct Enumerator(ExtendedCommunityList list)
    {
        private readonly ExtendedCommunityList _list = list;
        private int _index = -1;

        public readonly ulong Current => _list[_index];

        public bool MoveNext() => ++_index < _list.Count;
    }
}
