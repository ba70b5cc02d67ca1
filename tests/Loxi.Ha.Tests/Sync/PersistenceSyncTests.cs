using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Ha.Tests.Sync;

/// <summary>Clients of services with persist selection become entries, by looking at what the data plane has.</summary>
public sealed class PersistenceSyncTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeClients _table = new();
    private readonly List<SyncChange<ConnectionKey, ConnectionPath>> _told = [];
    private readonly PersistenceSync _sync;

    public PersistenceSyncTests()
    {
        _sync = new PersistenceSync(_table, _time, (in SyncChange<ConnectionKey, ConnectionPath> change) => _told.Add(change));
        _sync.SetOwner(3, 1);
    }

    [Fact]
    public void AClient_IsToldWhenItComesAndWhenItMoves_NotWhenItStays()
    {
        _sync.Look();
        _table.Come(7, 1);
        _sync.Look();
        _sync.Look();
        _table.Come(7, 2);
        _sync.Look();

        _told.Select(static c => (c.Kind, c.Value.Endpoint)).Should().Equal((SyncChangeKind.Put, FakeClients.Endpoint(1)), (SyncChangeKind.Put, FakeClients.Endpoint(2)));
        _told.Should().OnlyContain(static c => c.Version.Term == 3 && c.Version.Owner == 1);
        _told[1].Version.Should().BeGreaterThan(_told[0].Version);
    }

    [Fact]
    public void WhatAnEarlierRunHasLeft_LosesAgainstWhatOthersSay()
    {
        _table.Come(7, 1);
        _sync.Look();
        _told.Should().ContainSingle().Which.Version.Should().Be(new ConnectionVersion(0, 1, 1));

        Apply(SyncOperation.Put, 7, 2, new ConnectionVersion(0, 0, 5)).Should().Be(SyncOutcome.Stale);
        Apply(SyncOperation.Put, 7, 2, new ConnectionVersion(0, 1, 5)).Should().Be(SyncOutcome.Applied);

        _table.Clients[FakeClients.Client(7)].Endpoint.Should().Be(2);
        _sync.Look();
        _told.Should().HaveCount(1, "what others have said is no change of this node");
    }

    [Fact]
    public void AVersion_NeverGoesBack()
    {
        _sync.Look();
        var later = new ConnectionVersion(9, 0, 7);
        Apply(SyncOperation.Put, 7, 1, later).Should().Be(SyncOutcome.Applied);
        _table.Come(7, 2);

        _sync.Look();

        _told.Should().ContainSingle().Which.Version.Should().Be(new ConnectionVersion(9, 0, 8));
    }

    [Fact]
    public void AClientThatHasMovedMeanwhile_Stays_AndIsTold()
    {
        _sync.Look();
        _table.Come(7, 2);

        Apply(SyncOperation.Put, 7, 1, new ConnectionVersion(4, 0, 9)).Should().Be(SyncOutcome.Stale);

        _table.Clients[FakeClients.Client(7)].Endpoint.Should().Be(2);
        _sync.Look();
        _told.Should().ContainSingle().Which.Version.Should().BeGreaterThan(new ConnectionVersion(4, 0, 9));
    }

    [Fact]
    public void WhatIsAppliedDuringALook_IsNoChangeOfThisNode()
    {
        _sync.Look();
        Apply(SyncOperation.Put, 7, 1, new ConnectionVersion(4, 0, 1));
        Apply(SyncOperation.Put, 8, 1, new ConnectionVersion(4, 0, 2));
        _sync.Look();
        _table.AfterRead = () =>
        {
            Apply(SyncOperation.Put, 7, 2, new ConnectionVersion(4, 0, 3)).Should().Be(SyncOutcome.Applied);
            Apply(SyncOperation.Delete, 8, 1, new ConnectionVersion(4, 0, 4)).Should().Be(SyncOutcome.Applied);
        };

        _sync.Look();
        _table.AfterRead = null;
        _sync.Look();

        _told.Should().BeEmpty();
        Entries().Should().Equal((FakeClients.Client(7), FakeClients.Endpoint(2)));
    }

    [Fact]
    public void UseByAnotherNode_MovesTheTimeForward_AndNothingElse()
    {
        _sync.Look();
        Apply(SyncOperation.Put, 7, 1, new ConnectionVersion(4, 0, 1), age: 50);

        Apply(SyncOperation.Refresh, 7, 1, new ConnectionVersion(4, 0, 1), age: 10).Should().Be(SyncOutcome.Applied);
        Apply(SyncOperation.Refresh, 7, 1, new ConnectionVersion(4, 0, 2), age: 5).Should().Be(SyncOutcome.Stale);

        _table.Clients[FakeClients.Client(7)].Age.Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void WhoseTimeIsOver_Expires_WhoHadToMakeRoomDoesNot()
    {
        _sync.Look();
        _table.Come(7, 1);
        _table.Come(8, 1);
        _sync.Look();
        _told.Clear();
        _table.Clients.Remove(FakeClients.Client(7));
        _time.Advance(FakeClients.Timeout / 2);
        _sync.Look();
        _told.Should().BeEmpty();
        Entries().Should().HaveCount(2);

        _time.Advance((FakeClients.Timeout / 2) + TimeSpan.FromSeconds(1));
        _sync.Look();

        _told.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Kind = SyncChangeKind.Expire, Key = new { Client = FakeClients.Client(7) } });
    }

    [Fact]
    public void WhoseEndpointIsGone_Expires()
    {
        _sync.Look();
        _table.Come(7, 1);
        _sync.Look();
        _told.Clear();
        _table.Endpoints.Remove(1);
        _table.Clients.Clear();

        _sync.Look();

        _told.Should().ContainSingle().Which.Kind.Should().Be(SyncChangeKind.Expire);
        Entries().Should().BeEmpty();
    }

    [Fact]
    public void AnEndpointThatIsNotThere_IsUnknown_AndMoreThanFitIsFull()
    {
        _sync.Look();
        Apply(SyncOperation.Put, 7, 9, new ConnectionVersion(4, 0, 1)).Should().Be(SyncOutcome.Unknown);
        for (var client = 1u; client <= 2 * FakeClients.Room; client++)
        {
            Apply(SyncOperation.Put, client, 1, new ConnectionVersion(4, 0, client)).Should().Be(SyncOutcome.Applied);
        }

        Apply(SyncOperation.Put, 200, 1, new ConnectionVersion(4, 0, 1)).Should().Be(SyncOutcome.Full);
    }

    private SyncOutcome Apply(SyncOperation operation, uint client, uint endpoint, ConnectionVersion version, double age = 0)
    {
        var record = FakeClients.Record(client, endpoint, TimeSpan.FromSeconds(age));
        return _sync.Apply(new(operation, ConnectionRecords.KeyOf(record), ConnectionRecords.PathOf(record), version, record.Age));
    }

    private List<(FlowAddress Client, FlowAddress Endpoint)> Entries()
    {
        var entries = new List<(FlowAddress, FlowAddress)>();
        var all = new ConnectionBuckets();
        all.Fill();
        _sync.Read(all, (in ConnectionKey key, in ConnectionPath value, ConnectionVersion _, TimeSpan _) => entries.Add((key.Client, value.Endpoint)));
        return entries;
    }

    private sealed class FakeClients : IPersistenceTable
    {
        public const int Room = 10;
        public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

        public Dictionary<FlowAddress, (uint Endpoint, TimeSpan Age)> Clients { get; } = [];

        public HashSet<uint> Endpoints { get; } = [1, 2];

        public Action? AfterRead { get; set; }

        public int Capacity => Room;

        public static FlowAddress Client(uint number) => FlowAddress.FromIPv4(0xc6336400 | number);

        public static FlowAddress Endpoint(uint number) => FlowAddress.FromIPv4(0x0a000000 | number);

        public static PersistenceRecord Record(uint client, uint endpoint, TimeSpan age) =>
            new() { Client = Client(client), Vip = Samples.Vip, VipPort = 80, Protocol = ServiceProtocol.Tcp, Endpoint = Endpoint(endpoint), EndpointPort = 8080, Age = age };

        public void Come(uint client, uint endpoint) => Clients[Client(client)] = (endpoint, TimeSpan.Zero);

        public void Read(PersistenceHandler entry)
        {
            foreach (var (client, (endpoint, age)) in Clients.ToArray())
            {
                entry(Record((uint)client.Low & 0xff, endpoint, age));
            }

            AfterRead?.Invoke();
        }

        public PersistenceResult Put(in PersistenceRecord record, in PersistenceRecord? known)
        {
            var endpoint = (uint)record.Endpoint.Low & 0xff;
            if (!Endpoints.Contains(endpoint))
            {
                return PersistenceResult.Unknown;
            }

            if (Clients.TryGetValue(record.Client, out var there) && there.Endpoint != endpoint && known?.Endpoint != Endpoint(there.Endpoint))
            {
                return PersistenceResult.Moved;
            }

            Clients[record.Client] = (endpoint, record.Age);
            return PersistenceResult.Done;
        }

        public bool Remove(in PersistenceRecord record) => Clients.Remove(record.Client);

        public TimeSpan? TimeoutOf(in PersistenceRecord record) => Endpoints.Contains((uint)record.Endpoint.Low & 0xff) ? Timeout : null;
    }
}
