namespace Loxi.Interop.RootTests.Bgp;

/// <summary>A session as a daemon sees it; what it does not show is null.</summary>
internal sealed record PeerSessionView(string State)
{
    public bool IsEstablished => string.Equals(State, "Established", StringComparison.OrdinalIgnoreCase);

    /// <summary>As negotiated, in seconds.</summary>
    public double? HoldTime { get; init; }

    /// <summary>Times that it was established.</summary>
    public int? Established { get; init; }

    /// <summary>All that the daemon tells about the session, for what only some of them show.</summary>
    public string Text { get; init; } = "";

    public override string ToString() => $"{State}, hold time {HoldTime}";
}
