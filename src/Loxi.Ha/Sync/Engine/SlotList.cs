namespace Loxi.Ha.Sync.Engine;

/// <summary>Ends of a list that goes through slots.</summary>
internal struct SlotList
{
    public int Head;
    public int Tail;
    public int Count;

    public static SlotList Empty => new() { Head = -1, Tail = -1 };
}
