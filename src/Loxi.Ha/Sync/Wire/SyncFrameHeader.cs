namespace Loxi.Ha.Sync.Wire;

/// <summary>What every frame says.</summary>
internal readonly record struct SyncFrameHeader
{
    public required SyncFrameKind Kind { get; init; }

    /// <summary>Epoch of the dictionary of its stream; a greater one by 1 empties it.</summary>
    public ushort Epoch { get; init; }

    /// <summary>Run of the sender.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>1, 2, 3 ... in a stream.</summary>
    public ulong Sequence { get; init; }

    /// <summary>The other's frames of the same channel up to this one are in the sender's table.</summary>
    public ulong Ack { get; init; }

    public uint Term { get; init; }

    public byte Flags { get; init; }

    /// <summary>Records, or sums, in it.</summary>
    public ushort Count { get; init; }
}
