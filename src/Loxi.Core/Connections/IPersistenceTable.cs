namespace Loxi.Core.Connections;

/// <summary>Which endpoints the clients of services with persist selection come to, for whoever keeps another node's table like this one's. All members may be called from any thread.</summary>
public interface IPersistenceTable
{
    /// <summary>Clients at most; when there are more, those that were longest without a new connection are forgotten.</summary>
    int Capacity { get; }

    /// <summary>Reads all clients that come to an endpoint that there is, and whose time is not over. Packets change the table meanwhile: one that stays is read once, one that comes or goes may be or not.</summary>
    /// <param name="entry">Called for each.</param>
    void Read(PersistenceHandler entry);

    /// <summary>Lets a client come to an endpoint, unless it has come to a third one meanwhile.</summary>
    /// <param name="record">The client, and to which endpoint since when.</param>
    /// <param name="known">The endpoint that the caller believes the client to have; null when none. Only address and port of the endpoint are read.</param>
    /// <returns>What became of it.</returns>
    PersistenceResult Put(in PersistenceRecord record, in PersistenceRecord? known);

    /// <summary>Forgets a client, unless it has come to another endpoint meanwhile.</summary>
    /// <param name="record">The client and its endpoint.</param>
    /// <returns>True when it is not there any more.</returns>
    bool Remove(in PersistenceRecord record);

    /// <summary>How long a client comes to its endpoint after its last new connection.</summary>
    /// <param name="record">The client.</param>
    /// <returns>The time; null where the node has no such service with persist selection, or the service no such endpoint.</returns>
    TimeSpan? TimeoutOf(in PersistenceRecord record);
}
