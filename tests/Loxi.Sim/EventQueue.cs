namespace Loxi.Sim;

/// <summary>What happens at a time.</summary>
internal enum EventKind : byte
{
    Tick,
    SendHello,
    Arrival,
    Ask,
    AskArrival,
    Written,
    Answered,
    Order,
    Probed,
    Barrier,
    Ready,
    Lease,
    Bfd,
    Start,
    Begin,
    End,
    Settled,
    Forged,
}

/// <summary>An event of one node, or of the cluster.</summary>
internal struct SimEvent
{
    public long At;
    public long Order;
    public EventKind Kind;
    public byte Node;
    public byte Peer;
    public byte Path;
    public int Epoch;
    public int MachineRun;
    public ulong Number;
    public object? Data;
}

/// <summary>Events by time, those of the same time in the order in which they were added. A binary heap.</summary>
internal sealed class EventQueue
{
    private SimEvent[] _events = new SimEvent[256];
    private int _count;
    private long _order;

    public int Count => _count;

    public void Add(in SimEvent what)
    {
        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _count * 2);
        }

        var order = _order++;
        var events = _events;
        var i = _count++;
        while (i > 0)
        {
            var up = (i - 1) >> 1;
            if (events[up].At <= what.At)
            {
                break;
            }

            events[i] = events[up];
            i = up;
        }

        events[i] = what;
        events[i].Order = order;
    }

    public SimEvent Take()
    {
        var events = _events;
        var first = events[0];
        ref readonly var last = ref events[--_count];
        var i = 0;
        for (var child = 1; child < _count; child = (i * 2) + 1)
        {
            if (child + 1 < _count && Before(events[child + 1], events[child]))
            {
                child++;
            }

            if (!Before(events[child], last))
            {
                break;
            }

            events[i] = events[child];
            i = child;
        }

        events[i] = last;
        events[_count].Data = null;
        return first;
    }

    private static bool Before(in SimEvent a, in SimEvent b) => a.At != b.At ? a.At < b.At : a.Order < b.Order;
}
