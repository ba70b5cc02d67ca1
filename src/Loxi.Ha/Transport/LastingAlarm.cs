namespace Loxi.Ha.Transport;

/// <summary>An alarm that has not ended.</summary>
/// <param name="Alarm">What is wrong.</param>
/// <param name="Peer">The other node, if one is meant.</param>
/// <param name="Text">What an operator reads.</param>
public sealed record LastingAlarm(HelloAlarm Alarm, ushort? Peer, string Text)
{
    /// <summary>When it began, on CLOCK_MONOTONIC.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>How often it was told since the speaker has run, at most once in a second.</summary>
    public long Count { get; init; } = 1;
}
