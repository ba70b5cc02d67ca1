namespace Loxi.TestKit.Controller;

/// <summary>When the controller elects another master after the old one's death.</summary>
public enum ElectionTiming
{
    /// <summary>As soon as the health check has noticed: 1 to 3 s.</summary>
    AtOnce,

    /// <summary>When its ticker comes next: up to 23 s.</summary>
    Ticker,

    /// <summary>The first time at once, the second time with the ticker, and so on: what was recorded.</summary>
    InTurn,
}
