using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Connections of a balancer, and what it remembers of clients, as entries of the engine.</summary>
/// <param name="timeout">After which time without a packet a connection is taken away, or without a new connection a client forgotten; null: <see cref="ServiceTimeouts.DefaultOf"/>, <see cref="ServiceTimeouts.DefaultPersist"/>.</param>
/// <param name="hasClients">Whether the table has clients of services with persist selection too; a node without tells others that it knows none.</param>
public sealed class ConnectionSchema(Func<ConnectionKey, ConnectionPath, TimeSpan>? timeout = null, bool hasClients = false) : ISyncSchema<ConnectionKey, ConnectionPath>
{
    /// <inheritdoc/>
    public ulong Id => 0x4c58434e_0000_0001;

    /// <inheritdoc/>
    public uint Kinds => (1 << (int)ConnectionEntryKind.Connection) | (hasClients ? 1u << (int)ConnectionEntryKind.Persistence : 0);

    /// <inheritdoc/>
    public int KindOf(in ConnectionKey key) => (int)key.Kind;

    /// <inheritdoc/>
    public ulong HashOf(in ConnectionKey key) => Hash(key);

    internal static ulong Hash(in ConnectionKey key)
    {
        var hash = ConnectionBuckets.Hash(key.Client, key.ClientPort, key.Vip, key.VipPort, key.Protocol);
        return key.Kind == ConnectionEntryKind.Connection ? hash : (hash ^ (((ulong)key.Block << 8) | (byte)key.Kind)) * 0x9E37_79B9_7F4A_7C15;
    }

    /// <inheritdoc/>
    public TimeSpan TimeoutOf(in ConnectionKey key, in ConnectionPath value) =>
        timeout?.Invoke(key, value) ?? (key.Kind == ConnectionEntryKind.Persistence ? ServiceTimeouts.DefaultPersist : ServiceTimeouts.DefaultOf(key.Protocol));

    /// <inheritdoc/>
    public ISyncRecordWriter<ConnectionKey, ConnectionPath> CreateWriter() => new ConnectionRecordWriter();

    /// <inheritdoc/>
    public ISyncRecordReader<ConnectionKey, ConnectionPath> CreateReader() => new ConnectionRecordReader();
}
