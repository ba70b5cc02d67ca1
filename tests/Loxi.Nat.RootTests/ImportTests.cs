using System.Diagnostics;
using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Connections of another node come into the tables.</summary>
public sealed class ImportTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void PacketsOfAnImportedConnection_AreForwarded(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp(endpoints: 2);
        world.ImportOne(Exchange.Tcp(world) with { Endpoint = Exchange.Address(world.Endpoint(1)) }).Should().Be(ConnectionImportResult.Inserted);

        Expect.ToEndpoint(world, world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001)), index: 1);
        Expect.ToClient(world, world.Send(world.FromEndpoint(1).Tcp(World.EndpointPort, 40000, TcpBits.Ack, 5001, 1001)));

        world.Connection.State.Should().Be(ConnectionState.Established);
        world.Flows.Should().OnlyContain(f => (f.Flags & Shared.FlowSeqValid) != 0, "both directions have learned from their first packet");
        world.AllPairsAreWhole();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void NewConnection_ComesWithBothDirections(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        var record = Exchange.Tcp(world) with { Age = TimeSpan.FromSeconds(100), SourcePort = 41000, Traits = ConnectionTraits.Loose };
        var started = Stopwatch.GetTimestamp();

        world.Import(record).Should().Equal(new ConnectionImportOutcome(ConnectionImportResult.Inserted));

        var connection = world.Connection;
        (connection.Client, connection.ClientPort, connection.RewrittenClientPort).Should().Be((IPAddress.Parse(world.Client), 40000, 41000));
        (connection.Endpoint, connection.EndpointPort).Should().Be((IPAddress.Parse(world.Endpoint(0)), World.EndpointPort));
        IdleIs(TimeSpan.FromSeconds(100), started, connection);
        world.Flows.Should().HaveCount(2);
        world.Flows.Should().OnlyContain(f => (f.Flags & ~Shared.FlowReverse) == (Shared.FlowImported | Shared.FlowLoose) && f.Generation == 0
            && f.Version == record.Version.Value && f.Packets == 0 && f.Ifindex == 0);
        world.Maps.EndpointLoad.Span.ToArray().Sum(l => l.Active).Should().Be(1);
        world.AllPairsAreWhole();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void NewerVersion_BringsUpToDateWhatPacketsDoNotOwn(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world));
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
        var before = world.Flows.Single(f => f.Packets == 1);

        var started = Stopwatch.GetTimestamp();
        world.ImportOne(Exchange.Tcp(world, counter: 11) with { State = ConnectionState.HalfClosed, Age = TimeSpan.FromSeconds(50) }).Should().Be(ConnectionImportResult.Updated);

        world.Flows.Should().OnlyContain(f => f.State == (byte)ConnectionState.HalfClosed && f.Version == Exchange.Version(11).Value && (f.Flags & Shared.FlowSeqValid) == 0);
        var after = world.Flows.Single(f => f.Packets == 1);
        (after.SeqNext, after.Bytes, after.Ifindex, after.Generation).Should().Be((before.SeqNext, before.Bytes, before.Ifindex, before.Generation));
        IdleIs(TimeSpan.FromSeconds(50), started, world.Connection);

        world.ImportOne(Exchange.Tcp(world, counter: 12) with { State = ConnectionState.Closing }).Should().Be(ConnectionImportResult.Updated);
        world.Maps.EndpointLoad.Span.ToArray().Should().OnlyContain(l => l.Active == 0, "what is over does not count");
        world.AllPairsAreWhole();
    });

    [Theory]
    [InlineData(10u)]
    [InlineData(9u)]
    public void SameOrOlderVersion_IsStale(uint counter) => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world));
        var before = world.FlowBytes;

        world.ImportOne(Exchange.Tcp(world, counter: counter) with { State = ConnectionState.Closing }).Should().Be(ConnectionImportResult.Stale);

        world.FlowBytes.Should().Equal(before);
    });

    [Fact]
    public void Versions_AreOrderedByTermThenOwner() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        var record = Exchange.Tcp(world) with { Version = new ConnectionVersion(7, 2, uint.MaxValue) };
        world.ImportOne(record);

        world.ImportOne(record with { Version = new ConnectionVersion(7, 1, uint.MaxValue) }).Should().Be(ConnectionImportResult.Stale);
        world.ImportOne(record with { Version = new ConnectionVersion(7, 3, 1) }).Should().Be(ConnectionImportResult.Updated);
        world.ImportOne(record with { Version = new ConnectionVersion(8, 0, 1) }).Should().Be(ConnectionImportResult.Updated);
        world.ImportOne(record with { Version = new ConnectionVersion(ConnectionVersion.MaxTerm, 255, uint.MaxValue) }).Should().Be(ConnectionImportResult.Updated);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void Deletion_TakesBothDirections(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world).Gone()).Should().Be(ConnectionImportResult.Absent);
        world.ImportOne(Exchange.Tcp(world));

        world.ImportOne(Exchange.Tcp(world, counter: 9).Gone()).Should().Be(ConnectionImportResult.Stale);
        world.ImportOne(Exchange.Tcp(world).Gone() with { SourcePort = 1 }).Should().Be(ConnectionImportResult.Absent, "that is another connection");
        world.Flows.Should().HaveCount(2);
        world.ImportOne(Exchange.Tcp(world).Gone()).Should().Be(ConnectionImportResult.Deleted);

        world.Flows.Should().BeEmpty();
        world.AllPairsAreWhole();
    });

    [Fact]
    public void DeletionOfAConnectionWhoseServiceIsGone_IsDone() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world));
        world.With();

        world.ImportOne(Exchange.Tcp(world).Gone()).Should().Be(ConnectionImportResult.Deleted);

        world.Flows.Should().BeEmpty();
    });

    /// <summary>The client's ports lead to another endpoint here.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void AnotherConnectionUnderTheForwardKey_TheLowerVersionLoses(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp(endpoints: 2);
        var theirs = Exchange.Tcp(world) with { Endpoint = Exchange.Address(world.Endpoint(1)) };
        world.ImportOne(Exchange.Tcp(world));
        var before = world.FlowBytes;

        world.ImportOne(theirs with { Version = Exchange.Version(9) }).Should().Be(ConnectionImportResult.Conflict);
        world.ImportOne(theirs).Should().Be(ConnectionImportResult.Conflict, "of two that are equal the one that is there stays");
        world.FlowBytes.Should().Equal(before);

        world.ImportOne(theirs with { Version = Exchange.Version(11) }).Should().Be(ConnectionImportResult.Inserted);

        world.Connection.Endpoint.Should().Be(IPAddress.Parse(world.Endpoint(1)));
        world.Flows.Should().HaveCount(2);
        world.AllPairsAreWhole();
    });

    /// <summary>One client port, two VIPs, one endpoint: the answers could not be told apart.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void AnotherConnectionUnderTheReverseKey_TheLowerVersionLoses(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Tcp, vip: world.OtherVip));
        var theirs = Exchange.Tcp(world) with { Vip = Exchange.Address(world.OtherVip) };
        world.ImportOne(Exchange.Tcp(world));
        var before = world.FlowBytes;

        world.ImportOne(theirs with { Version = Exchange.Version(9) }).Should().Be(ConnectionImportResult.Conflict);
        world.FlowBytes.Should().Equal(before);
        // Both keys are taken, by two connections: the record beats one of them and not the other.
        world.ImportOne(theirs with { SourcePort = 41000, Version = Exchange.Version(5) }).Should().Be(ConnectionImportResult.Inserted);
        before = world.FlowBytes;
        world.ImportOne(theirs with { Version = Exchange.Version(9) }).Should().Be(ConnectionImportResult.Conflict);
        world.FlowBytes.Should().Equal(before, "the one that it beats is not gone either");

        world.ImportOne(theirs with { Version = Exchange.Version(11) }).Should().Be(ConnectionImportResult.Inserted);

        world.Connection.Vip.Should().Be(IPAddress.Parse(world.OtherVip));
        world.Flows.Should().HaveCount(2);
        world.AllPairsAreWhole();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ConnectionThatPacketsMade_IsComparedLikeOthers(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Syn, 1000)).Verdict.Should().Be(Verdict.Sent);

        world.ImportOne(Exchange.Tcp(world)).Should().Be(ConnectionImportResult.Updated, "this node has no term yet");

        world.Connection.State.Should().Be(ConnectionState.Established);
        world.AllPairsAreWhole();
    });

    /// <summary>An odd number of entries: the last connection finds room for its first direction only.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void FullTable_HasNoHalfConnection(int family) => World.Run(
        Hook.Tc,
        family,
        world =>
        {
            world.With(world.Service(ServiceProtocol.Tcp), world.DirectService());
            var records = Enumerable.Range(0, 1200).Select(i => Exchange.Tcp(world, (ushort)(10000 + i))).ToArray();

            world.ImportOne(Exchange.Direct(world)).Should().Be(ConnectionImportResult.Inserted);
            var outcomes = world.Import(records);

            outcomes.Count(o => o.Result == ConnectionImportResult.Inserted).Should().Be(1023);
            outcomes.Count(o => o.Result == ConnectionImportResult.Full).Should().Be(1200 - 1023);
            world.Flows.Should().HaveCount(2047);
            world.AllPairsAreWhole();
            world.ImportOne(records[0].Gone()).Should().Be(ConnectionImportResult.Deleted);
            world.ImportOne(records[^1]).Should().Be(ConnectionImportResult.Inserted);
        },
        World.SmallOptions with { MaxConnections = 1024 });

    [Fact]
    public void RecordThatIsRefused_CostsItselfAlone() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        var good = Exchange.Tcp(world);
        (ConnectionRecord Record, ConnectionImportOutcome Outcome)[] cases =
        [
            (default, Malformed(ConnectionRecordProblem.Format)),
            (good with { Format = 2 }, Malformed(ConnectionRecordProblem.Format)),
            (good with { Operation = (ConnectionOperation)9 }, Malformed(ConnectionRecordProblem.Operation)),
            (good with { Protocol = (ServiceProtocol)47 }, Malformed(ConnectionRecordProblem.Protocol)),
            (good with { State = ConnectionState.TwoWay }, Malformed(ConnectionRecordProblem.State)),
            (good with { Traits = ConnectionTraits.Tunnel }, Malformed(ConnectionRecordProblem.Traits)),
            (good with { Endpoint = Exchange.Address("2001:db8:2::11") }, Malformed(ConnectionRecordProblem.Family)),
            (good with { Source = Exchange.Address("224.0.0.1") }, Malformed(ConnectionRecordProblem.Address)),
            (good with { SourcePort = 0 }, Malformed(ConnectionRecordProblem.Port)),
            (good with { Traits = ConnectionTraits.Direct }, Malformed(ConnectionRecordProblem.Direct)),
            (good with { Age = TimeSpan.FromDays(31) }, Malformed(ConnectionRecordProblem.Age)),
            (good with { Version = new ConnectionVersion(1, 1, 0) }, Malformed(ConnectionRecordProblem.Version)),
            (good with { Vip = Exchange.Address("203.0.113.77") }, new ConnectionImportOutcome(ConnectionImportResult.UnknownService)),
            (good with { VipPort = 81 }, new ConnectionImportOutcome(ConnectionImportResult.UnknownService)),
            (good with { Protocol = ServiceProtocol.Udp, State = ConnectionState.TwoWay }, new ConnectionImportOutcome(ConnectionImportResult.UnknownService)),
            (good with { Block = 1 }, new ConnectionImportOutcome(ConnectionImportResult.UnknownService)),
            (good with { Endpoint = Exchange.Address("192.0.2.77") }, new ConnectionImportOutcome(ConnectionImportResult.UnknownEndpoint)),
            (good with { EndpointPort = 8081 }, new ConnectionImportOutcome(ConnectionImportResult.UnknownEndpoint)),
        ];
        ConnectionRecord[] records = [good, .. cases.Select(c => c.Record), Exchange.Tcp(world, 40001)];

        var outcomes = world.Import(records);

        outcomes[1..^1].Should().Equal(cases.Select(c => c.Outcome));
        outcomes[0].Result.Should().Be(ConnectionImportResult.Inserted);
        outcomes[^1].Result.Should().Be(ConnectionImportResult.Inserted);
        world.Flows.Should().HaveCount(4);
        world.AllPairsAreWhole();
    });

    /// <summary>The endpoint of a service that is not of direct server return: nobody has asked for an address towards it.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void TunnelWithoutASource_IsRefused(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.DirectService());

        world.Import(Exchange.Direct(world) with { Traits = ConnectionTraits.Direct | ConnectionTraits.Tunnel }).Should().Equal(Malformed(ConnectionRecordProblem.Direct));

        world.Flows.Should().BeEmpty();
    });

    [Fact]
    public void FewerOutcomesThanRecords_AreRefused() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        var import = () => world.Balancer.Connections.Import([Exchange.Tcp(world), Exchange.Tcp(world, 40001)], new ConnectionImportOutcome[1]);

        import.Should().Throw<ArgumentException>().WithParameterName("outcomes").WithMessage("*1 outcomes, expected 2*");
        world.Flows.Should().BeEmpty();
    });

    /// <summary>Nobody knows yet which sequence number is right: a RST may be a guess.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void RstBeforeAnyPacket_ShortensTheLifeAndIsForgotten(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world));

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Rst, 77)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.HalfClosed);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Ack, 5001, 1001)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.HalfClosed, "the other side had it under way");
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Established, "who has reset a connection does not go on with it");
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Rst, 1001)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Reset, "the number is known now");
    });

    /// <summary>Packets, user space and another node want the same ports, at once, again and again: nobody leaves half of a connection, is counted twice or for ever.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ImportsWhilePacketsComeAndGo_EveryConnectionIsWhole(int family) => World.Run(Hook.Tc, family, world =>
    {
        const int Ports = 24;
        const int Rounds = 150;
        world.With(world.Service(ServiceProtocol.Tcp, endpoints: 2), world.Service(ServiceProtocol.Tcp, endpoints: 2, vip: world.OtherVip));
        var random = new Random(family);
        var writer = new Thread(() =>
        {
            var records = new ConnectionRecord[64];
            var outcomes = new ConnectionImportOutcome[records.Length];
            for (uint round = 1; round <= Rounds; round++)
            {
                for (var i = 0; i < records.Length; i++)
                {
                    records[i] = Exchange.Tcp(world, (ushort)(40000 + random.Next(Ports)), 10 + round) with
                    {
                        Vip = Exchange.Address(random.Next(2) == 0 ? world.Vip : world.OtherVip),
                        Endpoint = Exchange.Address(world.Endpoint(random.Next(2))),
                        Operation = random.Next(6) switch { 0 => ConnectionOperation.Delete, 1 => ConnectionOperation.Refresh, _ => ConnectionOperation.Put },
                        State = random.Next(4) == 0 ? ConnectionState.Reset : ConnectionState.Established,
                    };
                }

                world.Balancer.Connections.Import(records, outcomes);
            }
        });
        writer.Start();
        var packets = new Random(family + 1);
        while (writer.IsAlive)
        {
            var port = (ushort)(40000 + packets.Next(Ports));
            _ = packets.Next(3) switch
            {
                0 => world.Send(world.ToVip().Tcp(port, World.Port, TcpBits.Syn, 1000)),
                1 => world.Send(world.ToVip(vip: world.OtherVip).Tcp(port, World.Port, TcpBits.Syn, 1000)),
                _ => world.Send(world.FromEndpoint(packets.Next(2)).Tcp(World.EndpointPort, port, TcpBits.Rst | TcpBits.Ack, 1)),
            };
            if (packets.Next(8) == 0)
            {
                world.Balancer.Connections.Delete(c => c.ClientPort == port);
            }
        }

        writer.Join();
        world.Flows.Should().NotBeEmpty();
        world.EveryEntryHasItsOther();
        world.CountsAreRight();
        world.Age(TimeSpan.FromDays(1), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.EntryCount.Should().Be(0);
        world.CountsAreRight();
    });

    /// <summary>Between the look at an entry and its removal another connection takes its place: that one goes whole, or its other half would stay.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void RemovalThatMeetsAnotherConnection_LeavesNoHalf(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp(endpoints: 2);
        world.ImportOne(Exchange.Tcp(world)).Should().Be(ConnectionImportResult.Inserted);
        var pairs = new FlowPairs(world.Balancer.DataPlane);
        var (key4, key6) = (world.Maps.Flow4.ToArray().FirstOrDefault(e => IsForward(e.Value)).Key, world.Maps.Flow6.ToArray().FirstOrDefault(e => IsForward(e.Value)).Key);
        world.ImportOne(Exchange.Tcp(world, counter: 11) with { Endpoint = Exchange.Address(world.Endpoint(1)) }).Should().Be(ConnectionImportResult.Inserted);

        (family == 4 ? pairs.Remove(key4, out var isWhole) : pairs.Remove(key6, out isWhole)).Should().BeTrue();

        isWhole.Should().BeTrue();
        world.EntryCount.Should().Be(0);
        world.CountsAreRight();
    });

    /// <summary>One removes a connection: whoever else would, packets, user space or another node, leaves it alone, or would take what comes in its place.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void ConnectionThatSomebodyRemoves_IsLeftAlone(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        var closed = Exchange.Tcp(world) with { State = ConnectionState.Closing };
        world.ImportOne(closed).Should().Be(ConnectionImportResult.Inserted);
        world.Change(IsForward, flow => flow with { Extra = flow.Extra | Shared.ExtraGoing });
        var before = world.FlowBytes;

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Syn, 1000)).Verdict.Should().Be(Verdict.Drop);
        (world.Count(RawReason.DropRace), world.Count(RawReason.FlowReplaced)).Should().Be((1, 0));
        world.ImportOne(closed with { Version = Exchange.Version(11) }).Should().Be(ConnectionImportResult.Conflict);
        world.ImportOne(closed.Gone()).Should().Be(ConnectionImportResult.Conflict);
        world.Balancer.Connections.Delete(_ => true).Should().Be(0);
        world.FlowBytes.Should().Equal(before);

        world.Change(IsForward, flow => flow with { Extra = flow.Extra & ~(uint)Shared.ExtraGoing });
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Syn, 1000)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.SynSent);
        world.AllPairsAreWhole();
    });

    /// <summary>Somebody is just making a connection: its reverse entry is there and belongs to nobody else. When nobody finishes it, a sweep takes it.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void ReverseEntryAlone_IsItsMakersUntilItIsSilent(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Tcp, vip: world.OtherVip));
        world.ImportOne(Exchange.Tcp(world) with { State = ConnectionState.Reset }).Should().Be(ConnectionImportResult.Inserted);
        world.DropForward();
        world.Flows.Should().ContainSingle();

        // A closed connection makes room for another one.
        world.Send(world.ToVip(vip: world.OtherVip).Tcp(40000, World.Port, TcpBits.Syn, 1000)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.RewrittenClientPort.Should().NotBe(40000);
        world.Balancer.Connections.Delete(_ => true).Should().Be(1);
        world.ImportOne(Exchange.Tcp(world, counter: 11)).Should().Be(ConnectionImportResult.Conflict);
        world.Balancer.Connections.Sweep([world.Flows.Single().Endpoint]);
        world.EntryCount.Should().Be(1);

        world.Age(TimeSpan.FromDays(1), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.EntryCount.Should().Be(0);
        world.Balancer.Connections.Expired.Should().Be(0, "half a connection is none");
    });

    private static bool IsForward(RawFlow flow) => (flow.Flags & Shared.FlowReverse) == 0;

    /// <summary>However long the machine has taken since: a tick of the clock is 16.8 ms, and each side rounds by one.</summary>
    private static void IdleIs(TimeSpan age, long started, Connection connection)
    {
        var ticks = TimeSpan.FromMilliseconds(50);
        connection.Idle.Should().BeGreaterThanOrEqualTo(age - ticks).And.BeLessThanOrEqualTo(age + Stopwatch.GetElapsedTime(started) + ticks);
    }

    private static ConnectionImportOutcome Malformed(ConnectionRecordProblem problem) => new(ConnectionImportResult.Malformed, problem);
}
