using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Connections of a balancer as records of the engine, and back.</summary>
public static class ConnectionRecords
{
    /// <summary>The key of a connection.</summary>
    /// <param name="record">The connection.</param>
    /// <returns>Its key.</returns>
    public static ConnectionKey KeyOf(in ConnectionRecord record) => new(record.Client, record.Vip, record.ClientPort, record.VipPort, record.Protocol);

    /// <summary>The value of a connection.</summary>
    /// <param name="record">The connection.</param>
    /// <returns>Its value.</returns>
    public static ConnectionPath PathOf(in ConnectionRecord record) =>
        new(record.Source, record.Endpoint, record.Block, record.SourcePort, record.EndpointPort, record.State, record.Traits);

    /// <summary>The key of a client of a service with persist selection.</summary>
    /// <param name="record">The client.</param>
    /// <returns>Its key.</returns>
    public static ConnectionKey KeyOf(in PersistenceRecord record) =>
        new(record.Client, record.Vip, 0, record.VipPort, record.Protocol) { Kind = ConnectionEntryKind.Persistence, Block = record.Block };

    /// <summary>The value of a client of a service with persist selection.</summary>
    /// <param name="record">The client.</param>
    /// <returns>Its value: the endpoint.</returns>
    public static ConnectionPath PathOf(in PersistenceRecord record) => new(record.Client, record.Endpoint, record.Block, 0, record.EndpointPort, default, default);

    /// <summary>A client of a service with persist selection as <see cref="IPersistenceTable"/> takes it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="path">Its value.</param>
    /// <param name="age">Time since its last new connection.</param>
    /// <returns>The client.</returns>
    public static PersistenceRecord ToPersistence(in ConnectionKey key, in ConnectionPath path, TimeSpan age) => new()
    {
        Client = key.Client,
        Vip = key.Vip,
        VipPort = key.VipPort,
        Protocol = key.Protocol,
        Block = key.Block,
        Endpoint = path.Endpoint,
        EndpointPort = path.EndpointPort,
        Age = age,
    };

    /// <summary>A record as <see cref="IConnectionTable.Import"/> takes it.</summary>
    /// <param name="record">From the engine.</param>
    /// <returns>The connection.</returns>
    public static ConnectionRecord ToConnection(in SyncRecord<ConnectionKey, ConnectionPath> record) => new()
    {
        Operation = record.Operation switch
        {
            SyncOperation.Delete => ConnectionOperation.Delete,
            SyncOperation.Refresh => ConnectionOperation.Refresh,
            _ => ConnectionOperation.Put,
        },
        Client = record.Key.Client,
        Vip = record.Key.Vip,
        ClientPort = record.Key.ClientPort,
        VipPort = record.Key.VipPort,
        Protocol = record.Key.Protocol,
        Source = record.Value.Source,
        SourcePort = record.Value.SourcePort,
        Endpoint = record.Value.Endpoint,
        EndpointPort = record.Value.EndpointPort,
        Block = record.Value.Block,
        State = record.Value.State,
        Traits = record.Value.Traits,
        Version = record.Version,
        Age = record.Age,
    };
}
