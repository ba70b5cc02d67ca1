using System.Buffers.Binary;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Fragments;

public sealed partial class FragmentHolder
{
    private FragmentHold Add(in FragmentInfo info, ReadOnlySpan<byte> frame, TimeSpan now)
    {
        var index = Find(info.Key);
        if (index != None)
        {
            var clash = Clash(_datagrams[index], info);
            if (clash is FragmentHold.Overlap or FragmentHold.TooManyFragments)
            {
                _datagrams[index].IsCondemned = true;
                Count(clash, FreeFragments(index));
            }

            if (clash != FragmentHold.Held)
            {
                return clash;
            }
        }
        else if (_freeDatagram == None)
        {
            return FragmentHold.TooManyDatagrams;
        }

        if ((frame.Length + BlockSize - 1) / BlockSize > _freeBlocks)
        {
            return FragmentHold.NoRoom;
        }

        if (index == None)
        {
            index = Remember(info.Key, now);
        }

        Append(ref _datagrams[index], info, Store(frame));
        return FragmentHold.Held;
    }

    // Held when the fragment fits with those that are there.
    private FragmentHold Clash(in Datagram datagram, in FragmentInfo info)
    {
        if (datagram.IsCondemned)
        {
            return FragmentHold.Condemned;
        }

        var end = info.Offset + info.PayloadLength;
        var beyond = datagram.End != 0 && (end > datagram.End || (!info.MoreFragments && end != datagram.End));
        var count = 0;
        for (var block = datagram.First; block != None; block = _blocks[block].NextFragment)
        {
            ref readonly var held = ref _blocks[block];
            if (held.Offset == info.Offset && held.End == end)
            {
                return FragmentHold.Duplicate;
            }

            if ((held.Offset < end && info.Offset < held.End) || (!info.MoreFragments && held.End > end))
            {
                beyond = true;
            }

            count++;
        }

        return beyond ? FragmentHold.Overlap : count >= MaxFragmentsPerDatagram ? FragmentHold.TooManyFragments : FragmentHold.Held;
    }

    private int Store(ReadOnlySpan<byte> frame)
    {
        var first = _freeBlock;
        var last = None;
        for (var rest = frame; !rest.IsEmpty; rest = rest[Math.Min(BlockSize, rest.Length)..])
        {
            last = _freeBlock;
            _freeBlock = _blocks[last].Next;
            _freeBlocks--;
            rest[..Math.Min(BlockSize, rest.Length)].CopyTo(_bytes.AsSpan(last * BlockSize));
        }

        _blocks[last].Next = None;
        _blocks[first].FrameLength = frame.Length;
        return first;
    }

    private void Append(ref Datagram datagram, in FragmentInfo info, int block)
    {
        ref var head = ref _blocks[block];
        head.Offset = info.Offset;
        head.End = info.Offset + info.PayloadLength;
        head.NextFragment = None;
        if (datagram.First == None)
        {
            datagram.First = block;
        }
        else
        {
            _blocks[datagram.Last].NextFragment = block;
        }

        datagram.Last = block;
        if (!info.MoreFragments)
        {
            datagram.End = head.End;
        }
    }

    private void Free(int first)
    {
        var last = first;
        _freeBlocks++;
        while (_blocks[last].Next != None)
        {
            last = _blocks[last].Next;
            _freeBlocks++;
        }

        _blocks[last].Next = _freeBlock;
        _freeBlock = first;
    }

    private int FreeFragments(int index)
    {
        var count = 0;
        var block = _datagrams[index].First;
        while (block != None)
        {
            var next = _blocks[block].NextFragment;
            Free(block);
            block = next;
            count++;
        }

        _datagrams[index].First = None;
        return count;
    }

    private int Bucket(in FragmentKey key)
    {
        Span<byte> bytes = stackalloc byte[37];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, key.Source);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[16..], key.Destination);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], key.Identification);
        bytes[36] = key.Protocol;
        return (int)(SipHash.Compute(bytes, _hashKey, ~_hashKey) % (uint)_buckets.Length);
    }

    private int Find(in FragmentKey key)
    {
        var index = _buckets[Bucket(key)];
        while (index != None && _datagrams[index].Key != key)
        {
            index = _datagrams[index].NextInBucket;
        }

        return index;
    }

    private int Remember(in FragmentKey key, TimeSpan now)
    {
        var index = _freeDatagram;
        _freeDatagram = _datagrams[index].NextInBucket;
        ref var bucket = ref _buckets[Bucket(key)];
        _datagrams[index] = new Datagram
        {
            Key = key,
            Since = now,
            First = None,
            Last = None,
            NextInBucket = bucket,
            Older = _newest,
            Newer = None,
        };
        bucket = index;
        if (_newest == None)
        {
            _oldest = index;
        }
        else
        {
            _datagrams[_newest].Newer = index;
        }

        _newest = index;
        DatagramCount++;
        return index;
    }

    private void Forget(int index)
    {
        ref var datagram = ref _datagrams[index];
        ref var link = ref _buckets[Bucket(datagram.Key)];
        while (link != index)
        {
            link = ref _datagrams[link].NextInBucket;
        }

        link = datagram.NextInBucket;
        if (datagram.Older == None)
        {
            _oldest = datagram.Newer;
        }
        else
        {
            _datagrams[datagram.Older].Newer = datagram.Newer;
        }

        if (datagram.Newer == None)
        {
            _newest = datagram.Older;
        }
        else
        {
            _datagrams[datagram.Newer].Older = datagram.Older;
        }

        datagram.NextInBucket = _freeDatagram;
        _freeDatagram = index;
        DatagramCount--;
    }

    private struct Datagram
    {
        public FragmentKey Key;
        public TimeSpan Since;
        public int First;
        public int Last;
        public int NextInBucket;
        public int Older;
        public int Newer;
        public int End;
        public bool IsCondemned;
    }

    // A piece of the memory; the first of a frame also describes the fragment.
    private struct Block
    {
        public int Next;
        public int NextFragment;
        public int FrameLength;
        public int Offset;
        public int End;
    }
}
