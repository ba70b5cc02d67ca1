namespace Loxi.Ha.Roles;

/// <summary>The last HELLO of a peer that a node has heard, which tells the peer that it is heard.</summary>
/// <param name="NodeId">The peer.</param>
/// <param name="Incarnation">The run of its process.</param>
/// <param name="Sequence">The number of the HELLO.</param>
public readonly record struct HeardPeer(ushort NodeId, ulong Incarnation, ulong Sequence);
