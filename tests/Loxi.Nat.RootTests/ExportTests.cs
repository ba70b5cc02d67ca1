using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.Tests.Shared;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Connections go out: all, some, and as they change.</summary>
public sealed class ExportTests
{
    private const string Vip6 = "2001:db8:113::64";
    private const string Vip4 = "203.0.113.64";

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Changes_AreToldAsRecords(Hook hook, int family) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        var changes = Watch(world);
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Icmp));
        var tcp = Exchange.Tcp(world) with { Version = default };

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Syn, 1000));
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001));
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001));
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Rst, 5001));
        world.Send(world.ToVip().Udp(40000, World.Port));
        world.Send(world.FromEndpoint().Udp(World.EndpointPort, 40000));
        world.Send(world.ToVip().IcmpEcho(7, 1));
        world.Send(world.FromEndpoint().IcmpEcho(7, 1, reply: true));
        user.Events.Take().Should().Be(4);

        changes.Select(c => (c.Kind, c.Connection with { Version = default })).Should().Equal(
            (ConnectionChangeKind.Established, tcp),
            (ConnectionChangeKind.Closed, tcp with { State = ConnectionState.Reset }),
            (ConnectionChangeKind.Established, tcp with { Protocol = ServiceProtocol.Udp, State = ConnectionState.TwoWay }),
            (ConnectionChangeKind.Established, tcp with { Protocol = ServiceProtocol.Icmp, State = ConnectionState.TwoWay, ClientPort = 7, SourcePort = 7, VipPort = 0, EndpointPort = 0 }));
        changes.Should().OnlyContain(c => ConnectionRecordRules.Check(c.Connection) == ConnectionRecordProblem.None && c.Time > TimeSpan.Zero);
        changes[1].Connection.Version.Should().BeGreaterThan(changes[0].Connection.Version);
        world.Dump().Single(r => r.Protocol == ServiceProtocol.Tcp).Version.Should().Be(changes[1].Connection.Version);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void WhatUserSpaceRemoves_IsTold(int family) => World.Run(Hook.Tc, family, world =>
    {
        var changes = Watch(world);
        world.WithTcp(endpoints: 2);
        var other = Exchange.Tcp(world, 40002) with { Endpoint = Exchange.Address(world.Endpoint(1)) };
        world.Import(Exchange.Tcp(world) with { Age = TimeSpan.FromDays(1) }, Exchange.Tcp(world, 40001), other);

        world.Balancer.Connections.Sweep(null);
        world.Balancer.Connections.Delete(c => c.ClientPort == 40001).Should().Be(1);
        world.WithTcp();
        world.Balancer.SweepOnce();

        changes.Select(c => (c.Kind, c.Connection.ClientPort, c.Connection.Operation)).Should().Equal(
            (ConnectionChangeKind.Expired, 40000, ConnectionOperation.Delete),
            (ConnectionChangeKind.Removed, 40001, ConnectionOperation.Delete),
            (ConnectionChangeKind.Removed, 40002, ConnectionOperation.Delete));
        (changes[2].Connection with { Age = default }).Should().Be(other.Gone());
        changes[0].Connection.Age.Should().BeCloseTo(TimeSpan.FromDays(1), TimeSpan.FromSeconds(5));
        world.Flows.Should().BeEmpty();
    });

    /// <summary>A full table is larger than what is free: nothing is collected before it goes.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Deletion_RemovesWhileItReads(int family) => World.Run(
        Hook.Tc,
        family,
        world =>
        {
            world.WithTcp();
            const int Connections = 12_000;
            world.Import([.. Enumerable.Range(0, Connections).Select(i => Exchange.Tcp(world, (ushort)(10_000 + i)))]);
            var (read, most, removed) = (0, 0, 0);
            world.Balancer.Connections.Changed += (in ConnectionChange _) => (most, read, removed) = (Math.Max(most, read), 0, removed + 1);

            world.Balancer.Connections.Delete(c => ++read > 0 && c.ClientPort % 3 != 0).Should().Be(Connections / 3 * 2);

            removed.Should().Be(Connections / 3 * 2);
            most.Should().BeLessThan(4096, "a batch has as many entries, of both directions");
            world.Dump().Select(r => (int)r.ClientPort).Order().Should().Equal(Enumerable.Range(10_000, Connections).Where(p => p % 3 == 0));
            world.AllPairsAreWhole();
        },
        World.SmallOptions with { MaxConnections = 16_384 });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void WhatIsImported_IsNotToldButWhatGivesWayToIt(int family) => World.Run(Hook.Tc, family, world =>
    {
        using var user = new UserSpace(world);
        var changes = Watch(world);
        world.WithTcp(endpoints: 2);
        var loser = Exchange.Tcp(world);
        var winner = loser with { Endpoint = Exchange.Address(world.Endpoint(1)), Version = Exchange.Version(11) };

        world.Import(loser, winner, winner with { Version = Exchange.Version(12) }, winner.Gone() with { Version = Exchange.Version(12) })
            .Select(o => o.Result).Should().Equal(ConnectionImportResult.Inserted, ConnectionImportResult.Inserted, ConnectionImportResult.Updated, ConnectionImportResult.Deleted);
        user.Events.Take();

        changes.Should().ContainSingle();
        (changes[0].Kind, changes[0].Connection).Should().Be((ConnectionChangeKind.Removed, loser.Gone()));
    });

    [Fact]
    public void NobodySubscribed_NothingIsReported() => World.Run(Hook.Tc, 4, world =>
    {
        using var user = new UserSpace(world);
        var changes = new List<ConnectionChange>();
        ConnectionChangeHandler handler = (in ConnectionChange change) => changes.Add(change);
        world.Balancer.Connections.Changed += handler;
        world.Balancer.Connections.Changed -= handler;
        world.With(world.Service(ServiceProtocol.Udp));

        world.Send(world.ToVip().Udp(40000, World.Port));
        world.Send(world.FromEndpoint().Udp(World.EndpointPort, 40000));

        user.Events.Take().Should().Be(0);
        world.Balancer.Connections.Delete(_ => true).Should().Be(1);
        changes.Should().BeEmpty();
    });

    [Fact]
    public void SubscriberThatThrowsDuringASweep_IsCountedAndTheRestGoes() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        world.Import(Exchange.Tcp(world) with { Age = TimeSpan.FromDays(1) }, Exchange.Tcp(world, 40001) with { Age = TimeSpan.FromDays(1) });
        world.Balancer.Connections.Changed += (in ConnectionChange _) => throw new InvalidOperationException("subscriber");

        world.Balancer.Connections.Sweep(null);

        world.Flows.Should().BeEmpty();
        world.Balancer.FailedRecords.Should().Be(2);
    });

    /// <summary>Translated within a family and between both, direct, in a tunnel; every state. What came in goes out.</summary>
    [Fact]
    public void Dump_IsWhatWasImported() => World.Run(Hook.Tc, 4, world =>
    {
        Service[] services = [.. Mixed(ServiceProtocol.Tcp), .. Mixed(ServiceProtocol.Udp), .. Mixed(ServiceProtocol.Sctp), .. Mixed(ServiceProtocol.Icmp)];
        foreach (var service in services)
        {
            world.Balancer.Tables.Apply(service, static (_, _) => false);
        }

        var record =
            from service in Gen.Int[0, services.Length - 1].Select(i => services[i])
            from endpoint in Gen.Int[0, 1].Select(i => service.Endpoints[i])
            from client in Gen.Int[1, 250]
            from ports in Gen.UShort[1, ushort.MaxValue].Array[2]
            from direct in Gen.Int[0, 2].Select(i => i == 0)
            from state in Gen.Byte[1, 12].Select(s => (ConnectionState)s).Where(s => ConnectionRecordRules.IsStateOf(service.Key.Protocol, s))
            from counter in Gen.UInt[1, uint.MaxValue]
            select Record(service, endpoint, client, ports, direct && endpoint.Port == service.Key.Port, state, counter);

        record.List[1, 60].Sample(
            records =>
            {
                // One connection under a key: what else there can be has tests of its own.
                var unique = records.DistinctBy(r => (r.Client, r.ClientPort, r.Vip, r.Protocol)).DistinctBy(r => (r.Endpoint, r.EndpointPort, r.Source, r.SourcePort, r.Protocol)).ToArray();
                world.Import(unique).Should().OnlyContain(o => o.Result == ConnectionImportResult.Inserted);
                world.AllPairsAreWhole();

                var dump = world.Dump();
                dump.Should().OnlyContain(r => r.Age < TimeSpan.FromSeconds(10));
                InOrder(dump.Select(r => r with { Age = default })).Should().Equal(InOrder(unique));

                world.Import([.. unique.Select(r => r.Gone())]).Should().OnlyContain(o => o.Result == ConnectionImportResult.Deleted);
                world.Maps.Flow4.ToArray().Should().BeEmpty();
                world.Maps.Flow6.ToArray().Should().BeEmpty();
            },
            iter: 60,
            threads: 1);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Scan_ReadsTheBucketsThatAreAskedFor(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        var records = Enumerable.Range(0, 500).Select(i => Exchange.Tcp(world, (ushort)(10000 + i))).ToArray();
        world.Import(records);
        var buckets = new ConnectionBuckets();
        foreach (var record in records[..20])
        {
            buckets.Add(ConnectionBuckets.Of(record));
        }

        var expected = records.Where(r => buckets.Contains(ConnectionBuckets.Of(r))).Select(r => r.ClientPort).ToArray();
        world.Dump(buckets).Select(r => r.ClientPort).Should().BeEquivalentTo(expected);
        expected.Length.Should().BeInRange(20, 60);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FullRing_MarksBucketsWhereAScanFindsWhatWasLost(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            using var user = new UserSpace(world);
            var changes = Watch(world);
            world.With(world.Service(ServiceProtocol.Tcp, endpoints: 2), world.Service(ServiceProtocol.Udp));
            FillRing(world);
            world.Balancer.Connections.TakeDirty(new ConnectionBuckets()).Should().BePositive();
            var lost = world.Count(RawReason.EventLost);

            world.Send(world.ToVip().Udp(555, World.Port));
            world.Send(world.FromEndpoint().Udp(World.EndpointPort, 555));
            world.Send(world.ToVip().Tcp(556, World.Port, TcpBits.Syn, 1000));
            world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 556, TcpBits.Rst | TcpBits.Ack, 1));

            world.Count(RawReason.EventLost).Should().Be(lost + 2);
            var dirty = new ConnectionBuckets();
            world.Balancer.Connections.TakeDirty(dirty).Should().Be(2);
            dirty.Size.Should().Be(2);
            world.Dump(dirty).Select(r => (r.Protocol, r.ClientPort, r.State)).Should()
                .Contain((ServiceProtocol.Udp, 555, ConnectionState.TwoWay)).And.Contain((ServiceProtocol.Tcp, 556, ConnectionState.Reset));
            world.Balancer.Connections.TakeDirty(dirty).Should().Be(0, "each of them is taken once");
            user.Events.Take();
            changes.Should().NotContain(c => c.Connection.ClientPort == 555);
        },
        World.SmallOptions with { MaxConnections = 16_384 });

    /// <summary>A client that only listens: what the endpoint sends keeps the connection young.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Age_IsThatOfTheLastPacketOfEitherSide(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.Import(Exchange.Tcp(world));
        world.Age(TimeSpan.FromSeconds(60), f => (f.Flags & Shared.FlowReverse) == 0);
        world.Dump().Single().Age.Should().BeLessThan(TimeSpan.FromSeconds(10));

        world.Age(TimeSpan.FromSeconds(100), f => (f.Flags & Shared.FlowReverse) != 0);

        world.Dump().Single().Age.Should().BeCloseTo(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ReadingAndImporting_AllocateNothing(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        var records = Enumerable.Range(0, 600).Select(i => Exchange.Tcp(world, (ushort)(10000 + i))).ToArray();
        var outcomes = new ConnectionImportOutcome[records.Length];
        var buffer = new ConnectionRecord[100];
        using var reader = world.Balancer.Connections.CreateReader();
        var read = 0;

        Allocations.Of(() => world.Balancer.Connections.Import(records, outcomes)).Should().BeLessThan(1000, "a service is looked for once in a batch");
        Allocations.Of(() =>
        {
            reader.Restart();
            for (var count = reader.Read(buffer); count > 0; count = reader.Read(buffer))
            {
                read += count;
            }
        }).Should().Be(0);
        read.Should().Be(5 * records.Length);
    });

    [Fact]
    public void Reader_RefusesWhatCannotBe() => World.Run(Hook.Tc, 4, world =>
    {
        var reader = world.Balancer.Connections.CreateReader();
        var nothing = () => reader.Read([]);
        nothing.Should().Throw<ArgumentException>().WithParameterName("records");

        reader.Dispose();
        var late = () => reader.Read(new ConnectionRecord[1]);
        late.Should().Throw<ObjectDisposedException>();
    });

    /// <summary>To compare one by one: looking for the counterpart of each among all takes long.</summary>
    private static IEnumerable<ConnectionRecord> InOrder(IEnumerable<ConnectionRecord> records) => records.OrderBy(r => r.ToString(), StringComparer.Ordinal);

    private static List<ConnectionChange> Watch(World world)
    {
        var changes = new List<ConnectionChange>();
        world.Balancer.Connections.Changed += (in ConnectionChange change) => changes.Add(change);
        return changes;
    }

    /// <summary>Each connection gives way to one of another endpoint, and that is told.</summary>
    private static void FillRing(World world)
    {
        var first = Enumerable.Range(0, 10_000).Select(i => Exchange.Tcp(world, (ushort)(10000 + i))).ToArray();
        world.Import(first).Should().OnlyContain(o => o.Result == ConnectionImportResult.Inserted);
        world.Import([.. first.Select(r => r with { Endpoint = Exchange.Address(world.Endpoint(1)), Version = Exchange.Version(11) })])
            .Should().OnlyContain(o => o.Result == ConnectionImportResult.Inserted);
        world.Count(RawReason.EventLost).Should().BePositive("the ring is full");
    }

    /// <summary>Endpoints of both families behind a VIP of each; the second one with the VIP's port, as direct server return needs it.</summary>
    private static Service[] Mixed(ServiceProtocol protocol)
    {
        var port = protocol == ServiceProtocol.Icmp ? (ushort)0 : World.Port;
        var other = protocol == ServiceProtocol.Icmp ? (ushort)0 : World.EndpointPort;
        return
        [
            new Service { Key = new ServiceKey(IPAddress.Parse(Vip4), protocol, port), Endpoints = [new(IPAddress.Parse("192.0.2.11"), port, 1), new(IPAddress.Parse("2001:db8:2::11"), other, 1)] },
            new Service { Key = new ServiceKey(IPAddress.Parse(Vip6), protocol, port), Endpoints = [new(IPAddress.Parse("192.0.2.12"), other, 1), new(IPAddress.Parse("2001:db8:2::12"), port, 1)] },
        ];
    }

    private static ConnectionRecord Record(Service service, ServiceEndpoint endpoint, int client, ushort[] ports, bool direct, ConnectionState state, uint counter)
    {
        var isIPv4 = service.Key.Vip.ToString() == Vip4;
        var endpointIsIPv4 = !endpoint.Address.ToString().Contains(':', StringComparison.Ordinal);
        var from = Exchange.Address(isIPv4 ? $"198.51.100.{client}" : $"2001:db8:100::{client:x}");
        return new ConnectionRecord
        {
            Protocol = service.Key.Protocol,
            State = state,
            Client = from,
            ClientPort = ports[0],
            Vip = FlowAddress.From(service.Key.Vip),
            VipPort = service.Key.Port,
            Source = direct ? from : Exchange.Address(endpointIsIPv4 ? $"198.18.0.{client}" : $"2001:db8:18::{client:x}"),
            SourcePort = direct ? ports[0] : ports[1],
            Endpoint = FlowAddress.From(endpoint.Address),
            EndpointPort = endpoint.Port,
            Version = Exchange.Version(counter),
            Traits = (direct ? ConnectionTraits.Direct : 0) | (isIPv4 == endpointIsIPv4 ? 0 : ConnectionTraits.CrossFamily)
                | (direct && isIPv4 != endpointIsIPv4 ? ConnectionTraits.Tunnel : 0),
        };
    }
}
