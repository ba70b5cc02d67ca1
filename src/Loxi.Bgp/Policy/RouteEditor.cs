using System.Buffers.Binary;
using System.Numerics;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Policy;

/// <summary>A route while policies and export rules change it. One for all routes: its buffers are used again and again.</summary>
internal sealed class RouteEditor
{
    private byte[] _communities = new byte[1024];
    private byte[] _current = new byte[4096];
    private byte[] _other = new byte[4096];
    private int _length;

    internal AttributeBlock Block => new(_current.AsSpan(0, _length));

    /// <summary>Kind None is our own address of the session.</summary>
    internal NextHop NextHop { get; private set; }

    /// <summary>Whether a policy said what the next hop is: the rules of RFC 4271 5.1.3 then leave it alone.</summary>
    internal bool IsNextHopDecided { get; private set; }

    /// <summary>Whether AS_PATH outgrew the length field of an attribute.</summary>
    internal bool IsTooLong { get; private set; }

    /// <summary>Whether anything is other than it was loaded.</summary>
    internal bool IsChanged { get; private set; }

    internal void Load(AttributeBlock block, in NextHop nextHop)
    {
        Reserve(ref _current, block.Bytes.Length);
        block.Bytes.CopyTo(_current);
        _length = block.Bytes.Length;
        NextHop = nextHop;
        IsNextHopDecided = false;
        IsChanged = false;
        IsTooLong = false;
    }

    internal void SetNextHop(in NextHop nextHop, bool isDecision)
    {
        IsNextHopDecided |= isDecision;
        IsChanged |= NextHop != nextHop;
        NextHop = nextHop;
    }

    internal void Set(AttributeType type, ReadOnlySpan<byte> value)
    {
        Reserve(ref _other, _length + value.Length + AttributeBlock.HeaderSize);
        Replace(AttributeBlockEditor.Set(Block, type, value, _other));
    }

    internal void SetNumber(AttributeType type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Set(type, octets);
    }

    internal void Remove(AttributeType type)
    {
        if (Block.TryGet(type, out _))
        {
            Reserve(ref _other, _length);
            Replace(AttributeBlockEditor.Remove(Block, type, _other));
        }
    }

    internal void Prepend(uint asNumber, int count)
    {
        if (Block.Get(AttributeType.AsPath).Length + (4 * count) + 4 > ushort.MaxValue)
        {
            IsTooLong = true;
        }
        else if (count > 0)
        {
            Reserve(ref _other, _length + (4 * count) + (2 * AttributeBlock.HeaderSize));
            Replace(AttributeBlockEditor.Prepend(Block, asNumber, count, _other));
        }
    }

    /// <summary>Changes a list of communities, each of <paramref name="width"/> octets.</summary>
    internal void ChangeCommunities(AttributeType type, int width, CompiledCommunityAction action)
    {
        var present = Block.Get(type);
        Reserve(ref _communities, present.Length + action.Values.Length);
        var length = 0;
        if (action.Method != BgpCommunityMethod.Replace)
        {
            for (var at = 0; at + width <= present.Length; at += width)
            {
                var value = present.Slice(at, width);
                if (action.Method == BgpCommunityMethod.Add || !action.Removes(value))
                {
                    value.CopyTo(_communities.AsSpan(length));
                    length += width;
                }
            }
        }

        if (action.Method != BgpCommunityMethod.Remove)
        {
            for (var at = 0; at < action.Values.Length; at += width)
            {
                var value = action.Values.AsSpan(at, width);
                // An attribute's length has 16 bits.
                if (!Holds(_communities.AsSpan(0, length), value) && length + width <= ushort.MaxValue)
                {
                    value.CopyTo(_communities.AsSpan(length));
                    length += width;
                }
            }
        }

        // RFC 8092 5: each once; the canonical form is sorted.
        length = type == AttributeType.LargeCommunities ? LargeCommunityOrder.Normalize(_communities.AsSpan(0, length)) : length;
        var result = _communities.AsSpan(0, length);
        if (result.SequenceEqual(present))
        {
            return;
        }

        if (length == 0)
        {
            Remove(type);
            return;
        }

        Set(type, result);
    }

    /// <summary>RFC 4360 6: those of which the second bit is set stay in the AS.</summary>
    internal void RemoveNonTransitiveExtendedCommunities()
    {
        const byte NonTransitive = 0x40;
        var present = Block.Get(AttributeType.ExtendedCommunities);
        Reserve(ref _communities, present.Length);
        var length = 0;
        for (var at = 0; at + 8 <= present.Length; at += 8)
        {
            if ((present[at] & NonTransitive) == 0)
            {
                present.Slice(at, 8).CopyTo(_communities.AsSpan(length));
                length += 8;
            }
        }

        if (length == present.Length)
        {
            return;
        }

        if (length == 0)
        {
            Remove(AttributeType.ExtendedCommunities);
            return;
        }

        Set(AttributeType.ExtendedCommunities, _communities.AsSpan(0, length));
    }

    private static bool Holds(ReadOnlySpan<byte> list, ReadOnlySpan<byte> value)
    {
        for (var at = 0; at < list.Length; at += value.Length)
        {
            if (list.Slice(at, value.Length).SequenceEqual(value))
            {
                return true;
            }
        }

        return false;
    }

    private static void Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Array.Resize(ref buffer, (int)BitOperations.RoundUpToPowerOf2((uint)length));
        }
    }

    private void Replace(int length)
    {
        (_current, _other) = (_other, _current);
        _length = length;
        IsChanged = true;
    }
}
