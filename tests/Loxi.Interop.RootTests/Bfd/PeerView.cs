using Loxi.Bfd;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>The session as the peer sees it; what a daemon does not show is null.</summary>
internal sealed record PeerView(BfdState State)
{
    /// <summary>Words for why its side is down.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Words for what our side has told.</summary>
    public string? RemoteDiagnostic { get; init; }

    /// <summary>How often it sends, after negotiation.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Its detection time, after negotiation.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Times that the session has gone down.</summary>
    public int? Downs { get; init; }

    /// <summary>Since when it is in this state, in the daemon's words.</summary>
    public string? Since { get; init; }

    /// <summary>Our echo packets that it has returned or its own that have come back, as it counts them.</summary>
    public int? EchoInput { get; init; }

    public int? EchoOutput { get; init; }
}
