using Loxi.Ha.Sync.Wire;

namespace Loxi.Sim.Sync;

/// <summary>A connection of a pair: in order and without loss until it ends; then all that was under way is lost.</summary>
internal sealed class SyncWire(int first, int second, SyncChannel channel)
{
    private readonly Queue<(int At, byte[] Frame)>[] _frames = [new(), new()];
    private readonly int[] _last = new int[2];

    public int First => first;

    public int Second => second;

    public SyncChannel Channel => channel;

    public bool IsOpen { get; private set; }

    /// <summary>Since when it is open, or may be tried again.</summary>
    public int Since { get; private set; }

    public int Cuts { get; set; }

    public int Throttles { get; set; }

    /// <summary>When both sides give a connection up that carries nothing.</summary>
    public int DeadAt { get; set; } = int.MaxValue;

    public bool Is(int node) => node == first || node == second;

    public int Other(int node) => node == first ? second : first;

    public void Open(int now) => (IsOpen, Since) = (true, now);

    public void Close(int now, int wait)
    {
        IsOpen = false;
        Since = now + wait;
        DeadAt = int.MaxValue;
        _frames[0].Clear();
        _frames[1].Clear();
    }

    public int Waiting(int from) => _frames[from == first ? 0 : 1].Count;

    public void Send(int from, byte[] frame, int at)
    {
        if (Cuts > 0)
        {
            return;
        }

        var way = from == first ? 0 : 1;
        _last[way] = Math.Max(_last[way], at);
        _frames[way].Enqueue((_last[way], frame));
    }

    public byte[]? Receive(int to, int now)
    {
        var frames = _frames[to == first ? 1 : 0];
        return Cuts == 0 && frames.TryPeek(out var next) && next.At <= now ? frames.Dequeue().Frame : null;
    }
}
