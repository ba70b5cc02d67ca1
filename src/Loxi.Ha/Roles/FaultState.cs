namespace Loxi.Ha.Roles;

/// <summary>A tracked fault (R13), debounced.</summary>
/// <param name="Id">Which.</param>
/// <param name="Down">What was last told.</param>
/// <param name="Counts">What counts.</param>
/// <param name="CanForward">The node can still forward.</param>
/// <param name="Since">Since when <paramref name="Down"/> is so.</param>
internal readonly record struct FaultState(int Id, bool Down, bool Counts, bool CanForward, TimeSpan Since);
