namespace Loxi.Fuzz;

/// <summary>Does something with an input and throws when a rule is broken.</summary>
internal delegate void FuzzTarget(ReadOnlySpan<byte> input);
