namespace Loxi.Bgp.Wire;

/// <summary>A prefix of an UPDATE and its path identifier (RFC 7911 3), 0 where there is none.</summary>
internal readonly record struct NlriEntry(Prefix Prefix, uint PathId);
