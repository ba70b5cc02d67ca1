namespace Loxi.Core.Failures;

/// <summary>Whether a neighbouring system is there.</summary>
public enum ReachabilityState : byte
{
    /// <summary>Nothing is known: it is not watched, has not answered yet, or one side is administratively down, which is no sign of a failure (RFC 5882 3.2).</summary>
    Unknown,

    /// <summary>It answered, and no longer does.</summary>
    Down,

    /// <summary>It answers.</summary>
    Up,
}
