namespace Loxi.Bgp.Rib;

/// <summary>Out routes in the order of their changes, read by several readers at their own pace. Positions only grow; a place whose change came again later is 0.</summary>
internal sealed class ChangeLog
{
    private int[] _ring = new int[256];

    /// <summary>The first position that a reader may still need.</summary>
    internal long Start { get; private set; }

    internal long End { get; private set; }

    /// <summary>Places that are not 0.</summary>
    internal int Live { get; private set; }

    /// <summary>Whether another entry means that the log has to grow.</summary>
    internal bool IsFull => End - Start == _ring.Length;

    internal int this[long position] => _ring[position & (_ring.Length - 1)];

    internal uint Append(int item)
    {
        if (IsFull)
        {
            Resize(_ring.Length * 2);
        }

        _ring[End & (_ring.Length - 1)] = item;
        Live++;
        return (uint)End++;
    }

    /// <summary>The position of which the low 32 bits are known: the log is never that long.</summary>
    internal long Position(uint low) => Start + (low - (uint)Start);

    internal void Clear(uint low)
    {
        ref var item = ref _ring[Position(low) & (_ring.Length - 1)];
        Live -= item == 0 ? 0 : 1;
        item = 0;
    }

    /// <summary>Gives up the first place.</summary>
    /// <returns>What was there.</returns>
    internal int RemoveFirst()
    {
        ref var item = ref _ring[Start++ & (_ring.Length - 1)];
        var value = item;
        Live -= value == 0 ? 0 : 1;
        item = 0;
        if (Start == End && _ring.Length > 1 << 16)
        {
            _ring = new int[256];
        }

        return value;
    }

    private void Resize(int size)
    {
        var ring = new int[size];
        for (var position = Start; position < End; position++)
        {
            ring[position & (size - 1)] = this[position];
        }

        _ring = ring;
    }
}
