using Loxi.Bgp.Session;

namespace Loxi.Bgp.Transport;

/// <summary>A picture of a peer's session.</summary>
internal sealed record PeerSessionStatus
{
    internal required BgpState State { get; init; }

    /// <summary>How long it has been in the state.</summary>
    internal required TimeSpan InState { get; init; }

    /// <summary>What came up, and between which addresses; null when it is not Established.</summary>
    internal EstablishedSession? Session { get; init; }

    /// <summary>The last end of a session or attempt; it stays.</summary>
    internal SessionError? LastError { get; init; }

    /// <summary>How long ago that was.</summary>
    internal TimeSpan LastErrorAge { get; init; }

    internal HoldReason? Hold { get; init; }

    /// <summary>How often it was Established.</summary>
    internal long EstablishedCount { get; init; }

    /// <summary>How often it ended after that.</summary>
    internal long LostCount { get; init; }
}
