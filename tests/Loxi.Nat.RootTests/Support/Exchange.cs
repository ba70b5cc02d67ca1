using System.Net;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Tables;

namespace Loxi.Nat.RootTests.Support;

/// <summary>Records of connections as another node would send them, and what must hold of the tables.</summary>
internal static class Exchange
{
    public static ConnectionVersion Version(uint counter) => new(7, 2, counter);

    /// <summary>An open TCP connection of the world's client with the first endpoint of its service.</summary>
    public static ConnectionRecord Tcp(World world, ushort clientPort = 40000, uint counter = 10) => new()
    {
        Protocol = ServiceProtocol.Tcp,
        State = ConnectionState.Established,
        Client = Address(world.Client),
        ClientPort = clientPort,
        Vip = Address(world.Vip),
        VipPort = World.Port,
        Source = Address(world.Client),
        SourcePort = clientPort,
        Endpoint = Address(world.Endpoint(0)),
        EndpointPort = World.EndpointPort,
        Version = Version(counter),
        Age = TimeSpan.Zero,
    };

    /// <summary>At the other VIP; what connections of direct server return go to.</summary>
    public static Service DirectService(this World world) => world.Service(ServiceProtocol.Tcp, vip: world.OtherVip) with
    {
        Endpoints = [new ServiceEndpoint(IPAddress.Parse(world.Endpoint(0)), World.Port, 1)],
    };

    /// <summary>An open connection with it, by direct server return.</summary>
    public static ConnectionRecord Direct(World world) => Tcp(world) with
    {
        Vip = Address(world.OtherVip),
        EndpointPort = World.Port,
        Traits = ConnectionTraits.Direct,
    };

    public static FlowAddress Address(string text) => FlowAddress.From(IPAddress.Parse(text));

    public static ConnectionRecord Gone(this ConnectionRecord record) => record with { Operation = ConnectionOperation.Delete };

    public static ConnectionImportOutcome[] Import(this World world, params ConnectionRecord[] records)
    {
        var outcomes = new ConnectionImportOutcome[records.Length];
        world.Balancer.Connections.Import(records, outcomes);
        return outcomes;
    }

    public static ConnectionImportResult ImportOne(this World world, ConnectionRecord record) => world.Import(record)[0].Result;

    public static List<ConnectionRecord> Dump(this World world, ConnectionBuckets? only = null)
    {
        using var reader = world.Balancer.Connections.CreateReader();
        if (only is not null)
        {
            reader.Restart(only);
        }

        // A size that no table's is a multiple of.
        var batch = new ConnectionRecord[7];
        var all = new List<ConnectionRecord>();
        for (var count = reader.Read(batch); count > 0; count = reader.Read(batch))
        {
            all.AddRange(batch.AsSpan(0, count));
        }

        return all;
    }

    /// <summary>Every connection is whole, and both directions say the same of it.</summary>
    public static void AllPairsAreWhole(this World world)
    {
        world.EveryEntryHasItsOther((flow, other) => (other.Version, other.State, other.Endpoint).Should().Be((flow.Version, flow.State, flow.Endpoint)));
        world.CountsAreRight();
    }

    /// <summary>Every forward entry has a reverse one that points back, and the other way round; direct server return has none.</summary>
    public static void EveryEntryHasItsOther(this World world, Action<RawFlow, RawFlow>? compare = null)
    {
        var flows = world.Maps.Flow4.ToArray().Select(e => (Key: Name(e.Key), e.Value, IsIPv4: true, Protocol: e.Key.Proto))
            .Concat(world.Maps.Flow6.ToArray().Select(e => (Key: Name(e.Key), e.Value, IsIPv4: false, Protocol: e.Key.Proto)))
            .ToDictionary(e => e.Key);
        foreach (var (key, flow, isIPv4, protocol) in flows.Values)
        {
            Check(key, flow, isIPv4, protocol);
        }

        void Check(string key, RawFlow flow, bool isIPv4, byte protocol)
        {
            if ((flow.Flags & Shared.FlowDirect) != 0)
            {
                return;
            }

            var crosses = (flow.Flags & Shared.FlowCross) != 0;
            var otherProtocol = !crosses ? protocol : protocol == 1 ? (byte)58 : protocol == 58 ? (byte)1 : protocol;
            var otherKey = isIPv4 != crosses ? Name(RawFlowKey4.Sibling(flow, otherProtocol)) : Name(RawFlowKey6.Sibling(flow, otherProtocol));
            flows.Should().ContainKey(otherKey, "half a connection is none");
            var other = flows[otherKey].Value;
            ((other.Flags ^ flow.Flags) & Shared.FlowReverse).Should().NotBe(0);
            (isIPv4 ? Name(RawFlowKey4.Sibling(other, protocol)) : Name(RawFlowKey6.Sibling(other, protocol))).Should().Be(key);
            compare?.Invoke(flow, other);
        }
    }

    /// <summary>What nobody does: the entry of the client's direction alone is gone.</summary>
    public static void DropForward(this World world)
    {
        foreach (var (key, flow) in world.Maps.Flow4.ToArray())
        {
            _ = (flow.Flags & Shared.FlowReverse) == 0 && world.Maps.Flow4.TryDelete(key);
        }

        foreach (var (key, flow) in world.Maps.Flow6.ToArray())
        {
            _ = (flow.Flags & Shared.FlowReverse) == 0 && world.Maps.Flow6.TryDelete(key);
        }
    }

    /// <summary>Each endpoint's number of open connections is that of the entries which say that they count.</summary>
    public static void CountsAreRight(this World world)
    {
        var counted = world.Maps.Flow4.ToArray().Select(e => e.Value).Concat(world.Maps.Flow6.ToArray().Select(e => e.Value))
            .Where(f => (f.Flags & Shared.FlowReverse) == 0 && (f.Extra & Shared.ExtraCounted) != 0).CountBy(f => f.Endpoint).ToDictionary(e => e.Key, e => (uint)e.Value);

        var active = world.Maps.EndpointLoad.Span.ToArray().Select((load, i) => (Index: (uint)i, load.Active)).Where(l => l.Active != 0).ToDictionary(l => l.Index, l => l.Active);

        active.Should().BeEquivalentTo(counted, "who is counted is taken off once; there is {0}", string.Join(", ", active));
    }

    /// <summary>Keys of 16 bytes are those of IPv4, of 40 those of IPv6.</summary>
    private static string Name<T>(T key)
        where T : unmanaged => Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in key)));
}
