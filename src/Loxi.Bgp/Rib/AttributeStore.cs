using System.Buffers.Binary;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>
/// Interned attributes: equal sets with equal next hops have one number, whoever sent them. Counted by references; a set that nobody refers to is gone.
/// The number 0 means none.
/// </summary>
internal sealed class AttributeStore
{
    private const int LongestNextHop = 33;

    private readonly Slab<AttributeSet> _sets = new();
    private readonly ByteArena _bytes = new();
    private byte[] _scratch = new byte[8192];
    private int[] _buckets = new int[256];

    internal int Count => _sets.Count;

    /// <summary>One more than the highest number in use.</summary>
    internal int End => _sets.End;

    internal ref readonly AttributeSet this[int number] => ref _sets[number];

    /// <summary>Finds or adds a set; the caller owns one reference to it.</summary>
    internal int Intern(AttributeBlock block, in NextHop nextHop)
    {
        var size = LongestNextHop + block.Bytes.Length;
        if (_scratch.Length < size)
        {
            _scratch = new byte[size * 2];
        }

        var prefix = WriteNextHop(nextHop, _scratch);
        block.Bytes.CopyTo(_scratch.AsSpan(prefix));
        var key = _scratch.AsSpan(0, prefix + block.Bytes.Length);
        var hash = Hash(key);
        for (var number = _buckets[hash & (_buckets.Length - 1)]; number != 0; number = _sets[number].Next)
        {
            ref var known = ref _sets[number];
            if (known.Hash == hash && known.Length == key.Length && _bytes.Get(known.Block, known.Length).SequenceEqual(key))
            {
                known.References++;
                return number;
            }
        }

        return Add(block, key, hash, prefix);
    }

    internal void AddReference(int number) => _sets[number].References++;

    internal void Release(int number)
    {
        if (number == 0 || --_sets[number].References > 0)
        {
            return;
        }

        ref var set = ref _sets[number];
        ref var link = ref _buckets[set.Hash & (_buckets.Length - 1)];
        while (link != number)
        {
            link = ref _sets[link].Next;
        }

        link = set.Next;
        _bytes.Free(set.Block, set.Length);
        set.Length = 0;
        _sets.Free(number);
    }

    internal AttributeBlock Block(int number)
    {
        ref var set = ref _sets[number];
        return new(_bytes.Get(set.Block, set.Length)[set.NextHopLength..]);
    }

    internal NextHop NextHop(int number)
    {
        ref var set = ref _sets[number];
        var bytes = _bytes.Get(set.Block, set.NextHopLength);
        return (NextHopKind)bytes[0] switch
        {
            NextHopKind.Ipv4 => new(NextHopKind.Ipv4, new UInt128((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]) << 32, 0)),
            NextHopKind.Ipv6 => new(NextHopKind.Ipv6, BinaryPrimitives.ReadUInt128BigEndian(bytes[1..]), BinaryPrimitives.ReadUInt128BigEndian(bytes[17..])),
            _ => default,
        };
    }

    private static int Hash(ReadOnlySpan<byte> key)
    {
        // Seeded by the runtime: a peer cannot choose attributes that meet in one bucket.
        HashCode hash = default;
        hash.AddBytes(key);
        return hash.ToHashCode();
    }

    private static byte WriteNextHop(in NextHop nextHop, Span<byte> destination)
    {
        destination[0] = (byte)nextHop.Kind;
        switch (nextHop.Kind)
        {
            case NextHopKind.Ipv4:
                BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)(nextHop.Address >> 96));
                return 5;
            case NextHopKind.Ipv6:
                BinaryPrimitives.WriteUInt128BigEndian(destination[1..], nextHop.Address);
                BinaryPrimitives.WriteUInt128BigEndian(destination[17..], nextHop.LinkLocal);
                return LongestNextHop;
            default:
                return 1;
        }
    }

    private int Add(AttributeBlock block, ReadOnlySpan<byte> key, int hash, byte nextHopLength)
    {
        if (_sets.Count >= _buckets.Length)
        {
            Grow();
        }

        var number = _sets.Allocate();
        ref var set = ref _sets[number];
        set.Block = _bytes.Add(key);
        set.Length = key.Length;
        set.Hash = hash;
        set.References = 1;
        set.NextHopLength = nextHopLength;
        Describe(block, ref set);
        ref var head = ref _buckets[hash & (_buckets.Length - 1)];
        set.Next = head;
        head = number;
        return number;
    }

    private static void Describe(AttributeBlock block, ref AttributeSet set)
    {
        var path = block.AsPath;
        set.Origin = block.Origin;
        set.AsPathLength = (ushort)Math.Min(path.Length, ushort.MaxValue);
        set.NeighbourAs = path.First ?? 0;
        // RFC 4271 5.1.5: a route without LOCAL_PREF has the default degree of preference.
        set.LocalPreference = block.LocalPreference ?? BgpRib.DefaultLocalPreference;
        set.Med = block.Med ?? 0;
        set.OriginatorId = block.OriginatorId ?? 0;
        set.ClusterListLength = (ushort)(block.Get(AttributeType.ClusterList).Length / 4);
        var traits = (block.LocalPreference is null ? 0 : AttributeTraits.LocalPreference) | (block.Med is null ? 0 : AttributeTraits.Med)
            | (block.OriginatorId is null ? 0 : AttributeTraits.OriginatorId) | (block.OnlyToCustomer is null ? 0 : AttributeTraits.OnlyToCustomer);
        var communities = block.Get(AttributeType.Communities);
        for (var at = 0; at + 4 <= communities.Length; at += 4)
        {
            traits |= BinaryPrimitives.ReadUInt32BigEndian(communities[at..]) switch
            {
                0xFFFF0000 => AttributeTraits.GracefulShutdown,
                0xFFFF0006 => AttributeTraits.LongLivedStale,
                0xFFFF0007 => AttributeTraits.NoLongLived,
                0xFFFFFF01 or 0xFFFFFF03 => AttributeTraits.NoExport,
                0xFFFFFF02 => AttributeTraits.NoAdvertise,
                _ => AttributeTraits.None,
            };
        }

        set.Traits = traits;
    }

    private void Grow()
    {
        _buckets = new int[_buckets.Length * 2];
        for (var i = 1; i < _sets.End; i++)
        {
            ref var set = ref _sets[i];
            if (set.Length > 0)
            {
                ref var head = ref _buckets[set.Hash & (_buckets.Length - 1)];
                set.Next = head;
                head = i;
            }
        }
    }
}
