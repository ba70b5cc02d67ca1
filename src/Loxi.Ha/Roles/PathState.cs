namespace Loxi.Ha.Roles;

/// <summary>One path to a peer.</summary>
internal struct PathState
{
    /// <summary>A HELLO has come since the start.</summary>
    public bool Used;

    /// <summary>When the last HELLO arrived.</summary>
    public TimeSpan Last;

    /// <summary>BFD went Down by its own detection time, and no HELLO came since.</summary>
    public bool Down;

    /// <summary>When it did.</summary>
    public TimeSpan DownAt;

    /// <summary>The alarm about it was told.</summary>
    public bool Told;
}
