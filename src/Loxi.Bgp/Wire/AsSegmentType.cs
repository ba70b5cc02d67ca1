namespace Loxi.Bgp.Wire;

/// <summary>Types of path segments (RFC 4271 4.3, 5065 3).</summary>
internal enum AsSegmentType : byte
{
    Set = 1,
    Sequence = 2,
    ConfederationSequence = 3,
    ConfederationSet = 4,
}
