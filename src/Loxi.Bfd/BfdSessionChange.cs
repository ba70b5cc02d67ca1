using Loxi.Bfd.Session;

namespace Loxi.Bfd;

/// <summary>A session has changed its state.</summary>
/// <param name="Session">The session.</param>
/// <param name="Number">Which of the session's changes it is, from 0. A gap means that a listener was too slow and changes were left out.</param>
/// <param name="Transition">From what to what, why, and when in nanoseconds of <see cref="Loxi.Linux.Time.MonotonicClock"/>.</param>
public sealed record BfdSessionChange(BfdSessionKey Session, long Number, BfdTransition Transition);
