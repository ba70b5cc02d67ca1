using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Selection;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A table that is full: a change of the services leaves them as they were, a dead endpoint gets nothing all the same.</summary>
public sealed class FullTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void NoRoomForATable_ServiceIsAsItWas(int family) => World.Run(Hook.Tc, family, world =>
    {
        using var tables = new ServiceTables(world.Maps, Maglev.DefaultSeed, _time);
        var service = world.Service(ServiceProtocol.Tcp, 3, SelectionPolicy.Hash);
        Apply(tables, service);
        FillMaglev(tables, world);
        var slot = tables.Slots[service.Key];
        var (written, members, start, ranges) = (slot.Written, slot.Members, slot.MembersBase, FreeRanges(tables));
        var other = world.Service(ServiceProtocol.Tcp, 4, SelectionPolicy.Hash);

        for (var i = 0; i < 3; i++)
        {
            tables.Invoking(t => Apply(t, other)).Should().Throw<TableFullException>();
        }

        slot.Written.Should().Be(written);
        slot.Members.Should().Equal(members);
        slot.MembersBase.Should().Be(start);
        slot.Desired.Should().BeSameAs(service);
        slot.Endpoints.Should().HaveCount(3);
        slot.Maglev.Should().NotBeNull();
        FreeRanges(tables).Should().Be(ranges, "no place is lost");
        tables.MaglevPlaces.Free(4000);
        Apply(tables, other);
        slot.Members.Should().HaveCount(4);
        slot.Written.Selection.Should().Be((byte)RawSelection.Hash);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void EndpointDownAndNoRoomForATable_TheOthersInTurnUntilThereIs(int family) => World.Run(Hook.Tc, family, world =>
    {
        using var tables = new ServiceTables(world.Maps, Maglev.DefaultSeed, _time);
        var service = world.Service(ServiceProtocol.Udp, 3, SelectionPolicy.Hash);
        Apply(tables, service);
        FillMaglev(tables, world);

        tables.SetActive(service.Key, service.Endpoints[1], false).Should().BeTrue();

        Chosen(world, 5000).Should().BeEquivalentTo([world.Endpoint(0), world.Endpoint(2)]);
        tables.WaitingCount.Should().Be(1);
        tables.Slots[service.Key].Written.Selection.Should().Be((byte)RawSelection.Rr);

        // The table that the service had is free: it is written anew.
        tables.RetryWaiting();
        tables.WaitingCount.Should().Be(0);
        tables.Slots[service.Key].Written.Selection.Should().Be((byte)RawSelection.Hash);
        Chosen(world, 6000).Should().BeEquivalentTo([world.Endpoint(0), world.Endpoint(2)]);

        tables.SetActive(service.Key, service.Endpoints[1], true).Should().BeTrue();
        Chosen(world, 7000).Should().HaveCount(3);
    });

    [Theory]
    [InlineData(SelectionPolicy.Hash)]
    [InlineData(SelectionPolicy.RoundRobin)]
    public void EndpointDownAndNoRoomForTheList_ItLeavesTheListWhereItStands(SelectionPolicy selection) => World.Run(Hook.Tc, 4, world =>
    {
        using var tables = new ServiceTables(world.Maps, Maglev.DefaultSeed, _time);
        var service = world.Service(ServiceProtocol.Udp, 3, selection);
        Apply(tables, service);
        var taken = new List<uint>();
        while (tables.MemberRanges.TryTake(1, out var one))
        {
            taken.Add(one);
        }

        tables.SetActive(service.Key, service.Endpoints[0], false).Should().BeTrue();

        Chosen(world, 5000).Should().BeEquivalentTo([world.Endpoint(1), world.Endpoint(2)]);
        tables.WaitingCount.Should().Be(1);
        tables.RetryWaiting();
        tables.WaitingCount.Should().Be(1);
        tables.SetActive(service.Key, service.Endpoints[1], false).Should().BeTrue();
        Chosen(world, 6000).Should().Equal(world.Endpoint(2));

        taken.ForEach(one => tables.MemberRanges.Free(one, 1));
        tables.SetActive(service.Key, service.Endpoints[0], true);
        tables.SetActive(service.Key, service.Endpoints[1], true);
        tables.RetryWaiting();
        tables.WaitingCount.Should().Be(0);
        Chosen(world, 7000).Should().HaveCount(3);
    });

    [Fact]
    public void TableThatCannotBeWritten_LosesNoPlace() => World.Run(Hook.Tc, 4, world =>
    {
        using var places = new MaglevPlaces(world.Maps.Maglev);
        places.Adopt(Enumerable.Range(0, Shared.MaxMaglevTables - 4).Select(i => (uint)i).ToHashSet());
        var table = new RawMaglevSlots[16];
        places.TryPlace(table, out var first).Should().BeTrue();
        using (var inner = world.Maps.Maglev.TryOpen(first + 1))
        {
            inner!.Freeze();
        }

        places.Invoking(p => p.TryPlace(table, out _)).Should().Throw<EbpfException>();

        uint[] others = [.. Enumerable.Range(0, 3).Select(_ => places.TryPlace(table, out var place) ? place : 0)];
        others.Should().BeEquivalentTo([first + 1, first + 2, first + 3]);
        places.TryPlace(table, out _).Should().BeFalse();
    });

    /// <summary>Endpoints of forty new connections.</summary>
    private static IReadOnlyList<string> Chosen(World world, ushort firstPort)
    {
        for (var port = firstPort; port < firstPort + 40; port++)
        {
            world.Send(world.ToVip().Udp(port, World.Port)).Verdict.Should().Be(Verdict.Sent);
        }

        return [.. world.Connections.Where(c => c.ClientPort >= firstPort && c.ClientPort < firstPort + 40).Select(c => c.Endpoint.ToString()).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes every place, and the spare tables by services of their own.</summary>
    private static void FillMaglev(ServiceTables tables, World world)
    {
        tables.MaglevPlaces.Adopt(Enumerable.Range(0, Shared.MaxMaglevTables).Select(i => (uint)i).ToHashSet());
        for (var i = 0; ; i++)
        {
            try
            {
                Apply(tables, new Service
                {
                    Key = new ServiceKey(IPAddress.Parse("10.1.0.1"), ServiceProtocol.Tcp, (ushort)(1000 + i)),
                    Selection = SelectionPolicy.Hash,
                    Endpoints = [new ServiceEndpoint(new IPAddress([10, 2, 0, (byte)i]), 80, 1)],
                });
            }
            catch (TableFullException)
            {
                i.Should().BeInRange(1, 60);
                return;
            }
        }
    }

    private static uint FreeRanges(ServiceTables tables)
    {
        var taken = new List<uint>();
        while (tables.MemberRanges.TryTake(1, out var one))
        {
            taken.Add(one);
        }

        taken.ForEach(one => tables.MemberRanges.Free(one, 1));
        return (uint)taken.Count;
    }

    private static void Apply(ServiceTables tables, Service service)
    {
        tables.Apply(service, static (_, _) => false);
        tables.RetireOthers(service.Key);
    }
}
