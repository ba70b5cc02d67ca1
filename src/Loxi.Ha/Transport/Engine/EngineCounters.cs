namespace Loxi.Ha.Transport.Engine;

/// <summary>What the engine counts. Written by its thread, read by any.</summary>
internal sealed class EngineCounters
{
    public long Wakes { get; set; }

    /// <summary>Wakes later than half an interval.</summary>
    public long LateWakes { get; set; }

    /// <summary>In nanoseconds.</summary>
    public long GreatestLateness { get; set; }

    public long Received { get; set; }

    public long Sent { get; set; }

    public long SendErrors { get; set; }

    /// <summary>Lost because the buffer was full.</summary>
    public long Lost { get; set; }

    /// <summary>Of strangers, not read.</summary>
    public long Unread { get; set; }

    /// <summary>Entries of groups that this node does not have.</summary>
    public long UnknownGroups { get; set; }

    /// <summary>By <see cref="HelloDiscardReason"/>.</summary>
    public long[] Discards { get; } = new long[Enum.GetValues<HelloDiscardReason>().Length];
}
