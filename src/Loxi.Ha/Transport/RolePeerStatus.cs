using System.Collections.Immutable;

namespace Loxi.Ha.Transport;

/// <summary>Another node at one moment.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Incarnation">The run of its process; 0 while nothing was heard.</param>
/// <param name="IsHeard">Whether a HELLO came on any path within the dead-man time.</param>
/// <param name="IsAuthenticated">Whether its HELLOs are authenticated.</param>
/// <param name="Paths">The ways to it.</param>
public sealed record RolePeerStatus(ushort NodeId, ulong Incarnation, bool IsHeard, bool IsAuthenticated, ImmutableArray<RolePathStatus> Paths)
{
    /// <summary>The number of the key of its last HELLO; 0 when it had none.</summary>
    public ushort KeyId { get; init; }

    /// <summary>By how much its wall clock is before (more than zero) or behind the own one; null while it has not said. Within 24 days; no role depends on it.</summary>
    public TimeSpan? ClockOffset { get; init; }
}
