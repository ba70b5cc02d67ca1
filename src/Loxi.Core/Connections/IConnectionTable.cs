namespace Loxi.Core.Connections;

/// <summary>
/// The connections of a balancer for whoever keeps another node's table like this one's: handed out whole and as changes, and taken in.
/// All members may be called from any thread.
/// </summary>
public interface IConnectionTable
{
    /// <summary>
    /// Told for each connection that is established, closed or removed by packets, silence or hand; what <see cref="Import"/> puts or deletes is not
    /// told, a connection that gives way to it is. Calls come from several threads, never two at once. The data plane watches for changes only while somebody is
    /// subscribed: subscribe first, read all then. It never waits: a change that found no room marks its bucket (<see cref="TakeDirty"/>).
    /// Order by <see cref="ConnectionRecord.Version"/>, not by arrival.
    /// </summary>
    event ConnectionChangeHandler? Changed;

    /// <summary>
    /// Says under which term and number this node changes connections from now on, 0 and 0 at first: the versions of what it makes or changes then begin there. One
    /// that has a greater version already (of another node that is still heard of, or of a later term) goes on from that: versions never go back.
    /// </summary>
    /// <param name="term">The term, 0 to <see cref="ConnectionVersion.MaxTerm"/>.</param>
    /// <param name="owner">The number of this node.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="term"/> has more than 24 bits.</exception>
    void SetOwner(uint term, byte owner);

    /// <summary>A reader of the connections, at their beginning.</summary>
    /// <returns>The reader; to be disposed.</returns>
    IConnectionReader CreateReader();

    /// <summary>
    /// Takes the buckets of which changes were lost since the last call, each of them once. What became of their connections is found by reading them
    /// (<see cref="IConnectionReader.Restart(ConnectionBuckets)"/>): those that are not there any more are gone.
    /// </summary>
    /// <param name="buckets">The buckets are added to it.</param>
    /// <returns>How many buckets were marked.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="buckets"/> is null.</exception>
    int TakeDirty(ConnectionBuckets buckets);

    /// <summary>
    /// Takes connections in and out, each as a whole: both directions come together, change together and go together. For each record, by its version:
    /// newer than what the table has of the connection wins, the same or older is <see cref="ConnectionImportResult.Stale"/>; where another connection
    /// has the ports, the one with the lower version goes. With <see cref="ConnectionOperation.Refresh"/> and the very version that the table has, the
    /// last use moves forward, and nothing else. A record that is refused affects nothing else. Connections
    /// that came in ask for their next hop with their next packet, and TCP learns its sequence numbers from it.
    /// </summary>
    /// <param name="records">The connections, in the order in which they are taken.</param>
    /// <param name="outcomes">Receives what became of each; at least as long as <paramref name="records"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="outcomes"/> is shorter than <paramref name="records"/>.</exception>
    void Import(ReadOnlySpan<ConnectionRecord> records, Span<ConnectionImportOutcome> outcomes);
}
