using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Values of four octets: COMMUNITIES (RFC 1997), and the identifiers of a CLUSTER_LIST (RFC 4456 8).</summary>
internal readonly ref struct CommunityList(ReadOnlySpan<byte> value)
{
    private readonly ReadOnlySpan<byte> _value = value;

    internal int Count => _value.Length / 4;

    internal uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_value[(4 * index)..]);

    public Enumerator GetEnumerator() => new(this);

    internal bool Contains(uint community)
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
    internal ref struct Enumerator(CommunityList list)
    {
        private readonly CommunityList _list = list;
        private int _index = -1;

        public readonly uint Current => _list[_index];

        public bool MoveNext() => ++_index < _list.Count;
    }
}
