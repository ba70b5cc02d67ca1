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
