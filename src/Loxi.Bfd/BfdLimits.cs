namespace Loxi.Bfd;

/// <summary>What settings of a session can be.</summary>
public static class BfdLimits
{
    /// <summary>Shortest interval: 3,000 microseconds.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromMicroseconds(3_000);

    /// <summary>Longest interval: what 32 bits of microseconds hold, 71.6 minutes.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromMicroseconds(uint.MaxValue);

    /// <summary>Greatest detection multiplier.</summary>
    public const int GreatestDetectMult = 255;

    /// <summary>Most keys of a session.</summary>
    public const int MostKeys = 255;

    /// <summary>Longest secret of a password or MD5 key in bytes (RFC 5880 4.2, 6.7.3).</summary>
    public const int LongestMd5Secret = 16;

    /// <summary>Longest secret of a SHA-1 key in bytes (RFC 5880 6.7.4).</summary>
    public const int LongestSha1Secret = 20;

    /// <summary>Transitions that a session remembers.</summary>
    public const int HistoryLength = 32;

    /// <summary>Longest name of an interface in bytes (Linux <c>IFNAMSIZ</c> without its end).</summary>
    public const int LongestInterfaceName = 15;
}
