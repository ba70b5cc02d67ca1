namespace Loxi.Ha.Sync.Engine;

/// <summary>A queue of values in one array that grows and stays.</summary>
internal sealed class ItemQueue
{
    private QueueItem[] _items = new QueueItem[64];
    private int _head;

    public int Count { get; private set; }

    public ref readonly QueueItem First => ref _items[_head];

    public ref readonly QueueItem this[int index] => ref _items[(_head + index) & (_items.Length - 1)];

    public void Enqueue(in QueueItem item)
    {
        if (Count == _items.Length)
        {
            var items = new QueueItem[Count * 2];
            for (var i = 0; i < Count; i++)
            {
                items[i] = this[i];
            }

            _items = items;
            _head = 0;
        }

        _items[(_head + Count++) & (_items.Length - 1)] = item;
    }

    public QueueItem Dequeue()
    {
        var item = _items[_head];
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    public void Clear()
    {
        _head = 0;
        Count = 0;
    }
}
