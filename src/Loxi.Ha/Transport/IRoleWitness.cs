namespace Loxi.Ha.Transport;

/// <summary>
/// Grants leases, of which one node at most has that of a VIP group: a node announces only while it has it (R10). For example a Kubernetes Lease, or a third
/// node. Calls for one group come one after the other, never on the thread that decides; what one throws is logged and taken for a refusal.
/// </summary>
public interface IRoleWitness
{
    /// <summary>Asks for the lease of a group, or for its renewal. Asked again every interval while there is none, and from twice the margin before its end on.</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="nodeId">The own node id.</param>
    /// <returns>Until when this node has it, by <see cref="Linux.Time.MonotonicClock"/>, counted from before the question was sent; <see cref="TimeSpan.Zero"/> when it does not have it.</returns>
    Task<TimeSpan> AcquireAsync(string group, ushort nodeId);

    /// <summary>Gives the lease of a group back, so that another node need not wait for its end.</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="nodeId">The own node id.</param>
    /// <returns>When it is done, or could not be.</returns>
    Task ReleaseAsync(string group, ushort nodeId);
}
