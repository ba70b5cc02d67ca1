using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Connections of a balancer as entries of the engine.</summary>
/// <param name="timeout">After which time without a packet a connection is taken away; null: <see cref="ServiceTimeouts.DefaultOf"/>.</param>
public sealed class ConnectionSchema(Func<ConnectionKey, ConnectionPath, TimeSpan>? timeout = null) : ISyncSchema<ConnectionKey, ConnectionPath>
{
    /// <inheritdoc/>
    public ulong Id => 0x4c58434e_0000_0001;

    /// <inheritdoc/>
    public ulong HashOf(in ConnectionKey key) => ConnectionBuckets.Hash(key.Client, key.ClientPort, key.Vip, key.VipPort, key.Protocol);

    /// <inheritdoc/>
    public TimeSpan TimeoutOf(in ConnectionKey key, in ConnectionPath value) => timeout?.Invoke(key, value) ?? ServiceTimeouts.DefaultOf(key.Protocol);

    /// <inheritdoc/>
    public ISyncRecordWriter<ConnectionKey, ConnectionPath> CreateWriter() => new ConnectionRecordWriter();

    /// <inheritdoc/>
    public ISyncRecordReader<ConnectionKey, ConnectionPath> CreateReader() => new ConnectionRecordReader();
}
