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

    /// <summary>BFD is Down, whatever HELLOs say.</summary>
    public bool BfdDown;

    /// <summary>Since when.</summary>
    public TimeSpan BfdDownAt;

    /// <summary>The alarm about it was told.</summary>
    public bool Told;

    /// <summary>Which.</summary>
    public RoleAlarm ToldAs;
}
