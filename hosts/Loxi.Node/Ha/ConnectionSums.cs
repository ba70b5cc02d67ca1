using System.Globalization;
using System.Security.Cryptography;
using Loxi.Api.V1;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Speaker;
using Loxi.Node.Composition;

namespace Loxi.Node.Ha;

/// <summary>The open connections of the kernel's table, to be compared with those of another node: what sync believes to know is not asked.</summary>
/// <param name="table">The connections.</param>
/// <param name="keeps">Which of them other nodes have too; null for all.</param>
/// <param name="self">The number of this node, of whose own connections alone that is asked; null for of all.</param>
internal sealed class ConnectionSums(IConnectionTable table, Func<ConnectionKey, ConnectionPath, bool>? keeps = null, byte? self = null)
{
    /// <summary>A number of this run.</summary>
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The sums of all buckets.</summary>
    public HaConnectionSums Sum(int node)
    {
        var sums = new ulong[ConnectionBuckets.Count];
        var count = 0L;
        Read(All(), (in ConnectionKey key, in ConnectionPath path, ConnectionVersion _, TimeSpan _) =>
        {
            count++;
            sums[BucketOf(key)] += HashOf(key, path);
        });
        return new HaConnectionSums { Node = node, Run = _run, Count = count, Sums = [.. sums.Select(static s => s.ToString("x16", CultureInfo.InvariantCulture))] };
    }

    /// <summary>The connections of some buckets.</summary>
    public List<HaConnection> List(ConnectionBuckets buckets)
    {
        var list = new List<HaConnection>();
        Read(buckets, (in ConnectionKey key, in ConnectionPath path, ConnectionVersion version, TimeSpan age) => list.Add(new HaConnection
        {
            Bucket = BucketOf(key),
            Protocol = ServiceProtocolNames.NameOf(key.Protocol),
            ClientIP = key.Client.ToString(),
            ClientPort = key.ClientPort,
            ExternalIP = key.Vip.ToString(),
            ExternalPort = key.VipPort,
            SourceIP = path.Source.ToString(),
            SourcePort = path.SourcePort,
            EndpointIP = path.Endpoint.ToString(),
            EndpointPort = path.EndpointPort,
            State = NodeConnections.NameOf(key.Protocol, path.State),
            Version = version.ToString(),
            Idle = (long)age.TotalMilliseconds,
        }));
        return list;
    }

    private void Read(ConnectionBuckets buckets, SyncEntryHandler<ConnectionKey, ConnectionPath> entry)
    {
        // A reader of its own: that of sync is in use.
        using var open = new ConnectionSyncTable(table, keeps);
        if (self is { } owner)
        {
            open.SetOwner(0, owner);
        }

        open.Read(buckets, entry);
    }

    private static ConnectionBuckets All()
    {
        var all = new ConnectionBuckets();
        all.Fill();
        return all;
    }

    private static int BucketOf(in ConnectionKey key) => (int)((uint)Key(key) >> 20);

    private static ulong Key(in ConnectionKey key) => ConnectionBuckets.Hash(key.Client, key.ClientPort, key.Vip, key.VipPort, key.Protocol);

    /// <summary>Of what must be equal: not version, age and traits, of which a node that never saw a packet knows less; the block is of each node's own services.</summary>
    private static ulong HashOf(in ConnectionKey key, in ConnectionPath path)
    {
        var way = ConnectionBuckets.Hash(path.Source, path.SourcePort, path.Endpoint, path.EndpointPort, key.Protocol);
        var hash = (Key(key) ^ (way * 0xD134_2543_DE82_EF95) ^ (byte)path.State) * 0x9E37_79B9_7F4A_7C15;
        hash = (hash ^ (hash >> 32)) * 0xBF58_476D_1CE4_E5B9;
        return hash ^ (hash >> 29);
    }
}
