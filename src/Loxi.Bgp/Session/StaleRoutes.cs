namespace Loxi.Bgp.Session;

/// <summary>Where a family stands in a graceful restart of the peer, as its helper (RFC 4724 4.2, 9494 4.2).</summary>
internal sealed class StaleRoutes
{
    /// <summary>Whether there are routes that may be stale.</summary>
    internal bool IsActive { get; set; }

    /// <summary>The peer is back: its End-of-RIB is waited for.</summary>
    internal bool IsRefreshing { get; set; }

    /// <summary>The long-lived period has begun.</summary>
    internal bool IsLongLived { get; set; }

    /// <summary>Restart timer, or the timer of the End-of-RIB.</summary>
    internal TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>Long-lived stale timer: runs on until the peer has come back and synchronized (RFC 9494 4.2).</summary>
    internal TimeSpan LongLivedDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>Stale time that the peer asked for, of its last OPEN; zero for none.</summary>
    internal TimeSpan LongLivedTime { get; set; }

    internal TimeSpan First => Deadline < LongLivedDeadline ? Deadline : LongLivedDeadline;

    internal void Clear()
    {
        (IsActive, IsRefreshing, IsLongLived) = (false, false, false);
        (Deadline, LongLivedDeadline) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
    }
}
