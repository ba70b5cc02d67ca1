namespace Loxi.Bfd.Transport;

/// <summary>Sessions by their deadline, the nearest first: a binary heap that knows where each one is. Moving one allocates nothing.</summary>
internal sealed class DeadlineHeap
{
    private EngineSession[] _items = new EngineSession[16];

    public int Count { get; private set; }

    /// <summary>The session whose deadline comes first, or null.</summary>
    public EngineSession? First => Count == 0 ? null : _items[0];

    /// <summary>The deadline that comes first; <see cref="long.MaxValue"/> for none.</summary>
    public long FirstDeadline => Count == 0 ? long.MaxValue : _items[0].Deadline;

    public void Add(EngineSession session, long deadline)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        session.Deadline = deadline;
        session.HeapIndex = Count;
        _items[Count] = session;
        Rise(Count++);
    }

    public void Remove(EngineSession session)
    {
        var index = session.HeapIndex;
        var last = _items[--Count];
        _items[Count] = null!;
        session.HeapIndex = -1;
        if (last != session)
        {
            Put(last, index);
            Move(last);
        }
    }

    public void Update(EngineSession session, long deadline)
    {
        if (deadline != session.Deadline)
        {
            session.Deadline = deadline;
            Move(session);
        }
    }

    private void Move(EngineSession session)
    {
        Rise(session.HeapIndex);
        Sink(session.HeapIndex);
    }

    private void Rise(int index)
    {
        var session = _items[index];
        while (index > 0 && _items[(index - 1) / 2].Deadline > session.Deadline)
        {
            Put(_items[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        Put(session, index);
    }

    private void Sink(int index)
    {
        var session = _items[index];
        while (true)
        {
            var child = (index * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1].Deadline < _items[child].Deadline)
            {
                child++;
            }

            if (_items[child].Deadline >= session.Deadline)
            {
                break;
            }

            Put(_items[child], index);
            index = child;
        }

        Put(session, index);
    }

    private void Put(EngineSession session, int index)
    {
        _items[index] = session;
        session.HeapIndex = index;
    }
}
