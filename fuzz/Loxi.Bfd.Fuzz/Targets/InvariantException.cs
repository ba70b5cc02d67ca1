namespace Loxi.Bfd.Fuzz.Targets;

/// <summary>Something that must hold for every input does not.</summary>
internal sealed class InvariantException(string message) : Exception(message);
