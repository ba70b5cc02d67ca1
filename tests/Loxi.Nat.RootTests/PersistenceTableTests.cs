using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Clients of services with persist selection, handed out and taken in: packets follow what another node has said.</summary>
public sealed class PersistenceTableTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void WhatIsPut_IsWherePacketsGo_AndWhatIsRead(int family) => World.Run(Hook.Tc, family, world =>
    {
        var service = Sticky(world);
        world.Tables(service);
        var table = world.Balancer.Persistence;
        var chosen = Choose(world, 40_000);
        var read = Read(table).Should().ContainSingle().Subject;
        read.Should().Match<PersistenceRecord>(r => r.Client.ToString() == world.Client && r.Vip.ToString() == world.Vip && r.VipPort == service.Key.Port && r.Protocol == ServiceProtocol.Udp && r.Endpoint.ToString() == chosen);
        read.Age.Should().BeLessThan(TimeSpan.FromSeconds(5));
        var other = read with { Endpoint = FlowAddress.From(service.Endpoints.First(e => e.Address.ToString() != chosen).Address) };

        table.Put(other, null).Should().Be(PersistenceResult.Moved, "nobody expected that the client has an endpoint");
        table.Put(other, other).Should().Be(PersistenceResult.Moved, "it has another one than was expected");
        Choose(world, 40_001).Should().Be(chosen);
        table.Put(other, read).Should().Be(PersistenceResult.Done);
        Choose(world, 40_002).Should().Be(other.Endpoint.ToString());
        Read(table).Should().ContainSingle().Which.Endpoint.Should().Be(other.Endpoint);

        table.Remove(read).Should().BeFalse("it has moved");
        table.Remove(other).Should().BeTrue();
        Read(table).Should().BeEmpty();
        table.Put(other, null).Should().Be(PersistenceResult.Done);
        Choose(world, 40_003).Should().Be(other.Endpoint.ToString());
    });

    [Fact]
    public void WhatIsUnknownOrCannotBe_IsRefused_AndWhoseTimeIsOverIsNotRead() => World.Run(Hook.Tc, 4, world =>
    {
        var service = Sticky(world) with { PersistTimeout = TimeSpan.FromSeconds(60) };
        world.Tables(service);
        world.Tables(world.Service(ServiceProtocol.Udp, vip: world.OtherVip));
        var table = world.Balancer.Persistence;
        var record = new PersistenceRecord
        {
            Client = FlowAddress.From(IPAddress.Parse(world.Client)),
            Vip = FlowAddress.From(IPAddress.Parse(world.Vip)),
            VipPort = service.Key.Port,
            Protocol = ServiceProtocol.Udp,
            Endpoint = FlowAddress.From(service.Endpoints[0].Address),
            EndpointPort = (ushort)service.Endpoints[0].Port,
        };

        table.Put(record with { Vip = FlowAddress.From(IPAddress.Parse(world.OtherVip)) }, null).Should().Be(PersistenceResult.Unknown, "that service has no persist selection");
        table.Put(record with { Block = 9 }, null).Should().Be(PersistenceResult.Unknown);
        table.Put(record with { EndpointPort = 1 }, null).Should().Be(PersistenceResult.Unknown);
        table.Put(record with { Client = default }, null).Should().Be(PersistenceResult.Malformed);
        table.Read((in PersistenceRecord _) => throw new InvalidOperationException("nothing was put"));
        table.TimeoutOf(record)!.Value.Should().BeCloseTo(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(50));
        table.TimeoutOf(record with { Block = 9 }).Should().BeNull();

        table.Put(record with { Age = TimeSpan.FromSeconds(50) }, null).Should().Be(PersistenceResult.Done);
        Read(table).Should().ContainSingle().Which.Age.Should().BeCloseTo(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(1));
        table.Put(record with { Age = TimeSpan.FromSeconds(55) }, record).Should().Be(PersistenceResult.Done);
        Read(table).Single().Age.Should().BeLessThan(TimeSpan.FromSeconds(52), "what is older moves no time back");
        table.Remove(record);
        table.Put(record with { Age = TimeSpan.FromSeconds(61) }, null).Should().Be(PersistenceResult.Done);
        Read(table).Should().BeEmpty();
    });

    private static Service Sticky(World world) => world.Service(ServiceProtocol.Udp, 3, SelectionPolicy.Persist);

    private static string Choose(World world, int port) => world.Datagram(port, world.Client).Packet.Destination!.ToString();

    private static List<PersistenceRecord> Read(PersistenceTable table)
    {
        var records = new List<PersistenceRecord>();
        table.Read((in PersistenceRecord record) => records.Add(record));
        return records;
    }
}
