namespace Loxi.Core.Connections;

/// <summary>
/// Reads the connections of a table, batch by batch, into buffers of the caller, while packets change it. A connection that stays during the
/// walk is read once; one that comes or goes meanwhile may be in it or not. Allocates nothing once warm. Not thread-safe.
/// </summary>
public interface IConnectionReader : IDisposable
{
    /// <summary>Begins anew with all connections.</summary>
    void Restart();

    /// <summary>Begins anew with the connections of some buckets.</summary>
    /// <param name="only">The buckets; must not change until the walk is at its end.</param>
    /// <exception cref="ArgumentNullException"><paramref name="only"/> is null.</exception>
    void Restart(ConnectionBuckets only);

    /// <summary>Reads on.</summary>
    /// <param name="records">Receives connections in every state, in no particular order, as records to put.</param>
    /// <returns>How many; 0 when all have been read.</returns>
    /// <exception cref="ArgumentException"><paramref name="records"/> is empty.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    int Read(Span<ConnectionRecord> records);
}
