namespace Loxi.Ha.Roles;

/// <summary>What a node finds at its start of its former run.</summary>
public sealed record RoleMemory
{
    /// <summary>The greatest term that is reserved on disk. The former run may have used every term up to it.</summary>
    public ulong Ceiling { get; init; }

    /// <summary>The durable term of the last promotion; 0 when there was none.</summary>
    public ulong Term { get; init; }

    /// <summary>The term pinned beside the gates in the kernel; 0 when there is none.</summary>
    public ulong PinnedTerm { get; init; }

    /// <summary>The node id pinned beside the gates.</summary>
    public ushort PinnedNodeId { get; init; }

    /// <summary>The deadline in the gates for answers, on the clock of the steps.</summary>
    public TimeSpan PinnedAnswerUntil { get; init; }

    /// <summary>A controller has posted a role before.</summary>
    public bool ExternalUsed { get; init; }

    /// <summary>The node is pinned as a backup.</summary>
    public bool Pinned { get; init; }
}
