namespace Loxi.Bfd.Fuzz.Oracle;

/// <summary>What a datagram must come to.</summary>
/// <param name="Effect">Whether it is accepted.</param>
/// <param name="State">The state of the session after it: 0 AdminDown, 1 Down, 2 Init, 3 Up.</param>
/// <param name="Final">Whether it must be answered by a Final.</param>
internal readonly record struct Verdict(bool Effect, int State, bool Final);
