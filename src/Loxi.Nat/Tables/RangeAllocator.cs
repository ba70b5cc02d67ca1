namespace Loxi.Nat.Tables;

/// <summary>Hands out runs of consecutive elements of a table, first fit; neighbouring free runs are joined.</summary>
internal sealed class RangeAllocator
{
    private readonly SortedDictionary<uint, uint> _free;

    public RangeAllocator(uint capacity)
    {
        Capacity = capacity;
        _free = new SortedDictionary<uint, uint> { [0] = capacity };
    }

    private RangeAllocator(RangeAllocator other)
    {
        Capacity = other.Capacity;
        _free = new SortedDictionary<uint, uint>(other._free);
    }

    public uint Capacity { get; }

    /// <summary>One of its own with the same free runs, to try what fits.</summary>
    public RangeAllocator Copy() => new(this);

    public bool TryTake(uint length, out uint start)
    {
        if (length == 0)
        {
            start = 0;
            return true;
        }

        foreach (var (at, room) in _free)
        {
            if (room >= length)
            {
                start = at;
                _free.Remove(at);
                if (room > length)
                {
                    _free[at + length] = room - length;
                }

                return true;
            }
        }

        start = 0;
        return false;
    }

    public void Free(uint start, uint length)
    {
        if (length == 0)
        {
            return;
        }

        foreach (var (at, room) in _free)
        {
            if (at + room == start)
            {
                start = at;
                length += room;
            }
            else if (at == start + length)
            {
                length += room;
                _free.Remove(at);
                break;
            }
            else if (at > start)
            {
                break;
            }
        }

        _free[start] = length;
    }

    /// <summary>Takes a run that is in use already. Returns false when part of it is taken or outside.</summary>
    public bool TryAdopt(uint start, uint length)
    {
        if (length == 0)
        {
            return true;
        }

        foreach (var (at, room) in _free)
        {
            if (at <= start && start + length <= at + room)
            {
                _free.Remove(at);
                if (start > at)
                {
                    _free[at] = start - at;
                }

                if (at + room > start + length)
                {
                    _free[start + length] = at + room - start - length;
                }

                return true;
            }
        }

        return false;
    }
}
