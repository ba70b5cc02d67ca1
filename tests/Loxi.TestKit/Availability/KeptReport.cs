using System.Globalization;

namespace Loxi.TestKit.Availability;

/// <summary>What became of connections that were open before a fault.</summary>
public sealed record KeptReport
{
    public required int Opened { get; init; }

    /// <summary>Those that answer.</summary>
    public required int Alive { get; init; }

    /// <summary>Those that were ended by a RST: their clients knew at once.</summary>
    public required int Reset { get; init; }

    /// <summary>Those that were ended in order.</summary>
    public required int Closed { get; init; }

    /// <summary>Those that are open and do not answer: their clients wait.</summary>
    public required int Silent { get; init; }

    /// <summary>Those that answered with something else.</summary>
    public required int Corrupt { get; init; }

    /// <summary>Those that were open for too short a time before the fault, where that is told apart; the other numbers are without them.</summary>
    public int Young { get; init; }

    /// <summary>Those of them that answer.</summary>
    public int YoungAlive { get; init; }

    /// <summary>The longest time that one of them waited for an answer.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>P: the share that lives, 0 to 1.</summary>
    public double Share => Opened == 0 ? 1 : (double)Alive / Opened;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Alive} of {Opened} connections alive, {Reset} reset, {Closed} closed, {Silent} silent, {Corrupt} corrupt; longest wait {LongestWait.TotalMilliseconds:f0} ms");
}
