namespace Loxi.Nat.Health;

/// <summary>A binary heap of entries by deadline that knows where each entry is, so that any of them can leave in O(log n).</summary>
internal sealed class ProbeHeap
{
    private readonly List<ProbeEntry> _items = [];

    public int Count => _items.Count;

    public ProbeEntry? First => _items.Count == 0 ? null : _items[0];

    public void Add(ProbeEntry entry)
    {
        entry.HeapIndex = _items.Count;
        _items.Add(entry);
        Up(entry.HeapIndex);
    }

    public void Remove(ProbeEntry entry)
    {
        var index = entry.HeapIndex;
        if (index < 0)
        {
            return;
        }

        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        entry.HeapIndex = -1;
        if (ReferenceEquals(last, entry))
        {
            return;
        }

        Put(index, last);
        Up(index);
        Down(last.HeapIndex);
    }

    private void Put(int index, ProbeEntry entry)
    {
        _items[index] = entry;
        entry.HeapIndex = index;
    }

    private void Up(int index)
    {
        var entry = _items[index];
        while (index > 0 && _items[(index - 1) / 2].Deadline > entry.Deadline)
        {
            Put(index, _items[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        Put(index, entry);
    }

    private void Down(int index)
    {
        var entry = _items[index];
        while (true)
        {
            var child = (2 * index) + 1;
            if (child + 1 < _items.Count && _items[child + 1].Deadline < _items[child].Deadline)
            {
                child++;
            }

            if (child >= _items.Count || _items[child].Deadline >= entry.Deadline)
            {
                break;
            }

            Put(index, _items[child]);
            index = child;
        }

        Put(index, entry);
    }
}
