using System.Globalization;

namespace Loxi.Benchmarks.Bfd;

/// <summary>So many sessions at such an interval, with the multiplier 3.</summary>
internal readonly record struct BfdSetting(int Sessions, int Milliseconds)
{
    internal const int Multiplier = 3;

    internal double DetectionMilliseconds => Milliseconds * Multiplier;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sessions} {(Sessions == 1 ? "session" : "sessions")} at {Milliseconds} ms");
}
