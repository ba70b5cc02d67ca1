namespace Loxi.Nat.Tables;

/// <summary>Hands out indices of a table, lowest first; freed ones come back after those that were never used.</summary>
internal sealed class IndexAllocator(uint capacity)
{
    private readonly Queue<uint> _freed = new();
    private uint _next;

    public uint Capacity { get; } = capacity;

    public uint InUse => _next - (uint)_freed.Count;

    public bool TryTake(out uint index)
    {
        if (_next < Capacity)
        {
            index = _next++;
            return true;
        }

        return _freed.TryDequeue(out index);
    }

    public void Free(uint index) => _freed.Enqueue(index);

    /// <summary>Starts from indices that are in use already: all below the greatest that are not among them are free.</summary>
    public void Adopt(IReadOnlySet<uint> used)
    {
        _freed.Clear();
        _next = used.Count == 0 ? 0 : used.Max() + 1;
        for (uint i = 0; i < _next; i++)
        {
            if (!used.Contains(i))
            {
                _freed.Enqueue(i);
            }
        }
    }
}
