using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

public sealed class ConnectionSyncTableTests : IDisposable
{
    private readonly FakeConnections _connections = new();
    private readonly List<SyncChange<ConnectionKey, ConnectionPath>> _told = [];

    public void Dispose() => _connections.Dispose();

    [Theory]
    [InlineData(ConnectionChangeKind.Established, SyncChangeKind.Put)]
    [InlineData(ConnectionChangeKind.Changed, SyncChangeKind.Put)]
    [InlineData(ConnectionChangeKind.Closed, SyncChangeKind.Delete)]
    [InlineData(ConnectionChangeKind.Removed, SyncChangeKind.Expire)]
    [InlineData(ConnectionChangeKind.Expired, SyncChangeKind.Expire)]
    public void AChange_IsToldAsOneOfTheEntry(ConnectionChangeKind kind, SyncChangeKind told)
    {
        using var table = Subscribed();
        var record = Record(1);

        _connections.Tell(kind, record);

        _told.Should().Equal(new SyncChange<ConnectionKey, ConnectionPath>(told, ConnectionRecords.KeyOf(record), ConnectionRecords.PathOf(record), record.Version, record.Age));
    }

    [Fact]
    public void TheTable_IsWatchedOnlyWhileSomebodyWantsToKnow()
    {
        using var table = Subscribed();
        _connections.IsWatched.Should().BeTrue();

        table.Changed -= Note;

        _connections.IsWatched.Should().BeFalse();
    }

    [Fact]
    public void OnlyWhatIsOpen_IsRead()
    {
        foreach (var state in Enum.GetValues<ConnectionState>().Where(static s => s != ConnectionState.None))
        {
            _connections.Records.Add(Record((ushort)state) with { State = state });
        }

        using var table = new ConnectionSyncTable(_connections);
        var read = new List<ConnectionState>();
        var all = new ConnectionBuckets();
        all.Fill();
        table.Read(all, (in ConnectionKey key, in ConnectionPath value, ConnectionVersion version, TimeSpan age) => read.Add(value.State));

        read.Should().Equal(ConnectionState.Established, ConnectionState.HalfClosed, ConnectionState.TwoWay);
    }

    [Fact]
    public void WhatWouldNotGoOnElsewhere_IsNotInTheTable()
    {
        _connections.Records.AddRange([Record(1), Record(2), Record(3)]);
        using var table = new ConnectionSyncTable(_connections, static (key, path) => key.ClientPort != 2 && path.State == ConnectionState.Established);
        table.SetOwner(3, 1);
        table.Changed += Note;
        var read = new List<int>();
        var all = new ConnectionBuckets();
        all.Fill();

        table.Read(all, (in ConnectionKey key, in ConnectionPath value, ConnectionVersion version, TimeSpan age) => read.Add(key.ClientPort));
        foreach (var record in _connections.Records)
        {
            _connections.Tell(ConnectionChangeKind.Established, record);
            _connections.Tell(ConnectionChangeKind.Closed, record);
        }

        read.Should().Equal(1, 3);
        _told.Select(static change => (int)change.Key.ClientPort).Should().Equal(1, 1, 3, 3);
    }

    /// <summary>Nodes with unequal source pools: what one of them could not go on with is no loss of the other's.</summary>
    [Fact]
    public void WhatAnotherNodeHasTold_IsInTheTable_ThoughItWouldNotGoOnFromHere()
    {
        _connections.Records.AddRange([Record(1), Record(2) with { Version = new ConnectionVersion(3, 0, 7) }]);
        using var table = new ConnectionSyncTable(_connections, static (_, _) => false);
        table.SetOwner(3, 1);
        var read = new List<int>();
        var all = new ConnectionBuckets();
        all.Fill();

        table.Read(all, (in ConnectionKey key, in ConnectionPath value, ConnectionVersion version, TimeSpan age) => read.Add(key.ClientPort));

        read.Should().Equal(2);
    }

    [Fact]
    public void WhereMoreGoesOn_AllIsLookedAtOnce()
    {
        using var table = new ConnectionSyncTable(_connections);
        table.TakeDirty(new ConnectionBuckets()).Should().Be(0);

        table.LookAgain();

        var buckets = new ConnectionBuckets();
        table.TakeDirty(buckets).Should().Be(ConnectionBuckets.Count);
        buckets.Size.Should().Be(ConnectionBuckets.Count);
        table.TakeDirty(new ConnectionBuckets()).Should().Be(0);
    }

    [Theory]
    [InlineData(ConnectionImportResult.Inserted, SyncOutcome.Applied)]
    [InlineData(ConnectionImportResult.Updated, SyncOutcome.Applied)]
    [InlineData(ConnectionImportResult.Deleted, SyncOutcome.Applied)]
    [InlineData(ConnectionImportResult.Absent, SyncOutcome.Applied)]
    [InlineData(ConnectionImportResult.Stale, SyncOutcome.Stale)]
    [InlineData(ConnectionImportResult.Conflict, SyncOutcome.Conflict)]
    [InlineData(ConnectionImportResult.Full, SyncOutcome.Full)]
    [InlineData(ConnectionImportResult.Malformed, SyncOutcome.Refused)]
    [InlineData(ConnectionImportResult.UnknownService, SyncOutcome.Unknown)]
    [InlineData(ConnectionImportResult.UnknownEndpoint, SyncOutcome.Unknown)]
    public void WhatBecameOfAConnection_IsWhatBecameOfTheEntry(ConnectionImportResult result, SyncOutcome outcome)
    {
        _connections.Result = (_, _) => result;
        using var table = new ConnectionSyncTable(_connections);
        var outcomes = new SyncOutcome[1];

        table.Apply([Samples.Put()], outcomes);

        outcomes.Should().Equal(outcome);
    }

    [Fact]
    public void ManyRecords_KeepTheirOrder()
    {
        _connections.Result = static (record, _) => record.ClientPort % 2 == 0 ? ConnectionImportResult.Inserted : ConnectionImportResult.Full;
        using var table = new ConnectionSyncTable(_connections);
        var records = Enumerable.Range(1, 10_000).Select(static i => Samples.Put((ushort)i)).ToArray();
        var outcomes = new SyncOutcome[records.Length];

        table.Apply(records, outcomes);

        _connections.Imported.Select(static r => (int)r.ClientPort).Should().Equal(Enumerable.Range(1, 10_000));
        outcomes.Should().Equal(records.Select(static r => r.Key.ClientPort % 2 == 0 ? SyncOutcome.Applied : SyncOutcome.Full));
    }

    private static ConnectionRecord Record(ushort port) => ConnectionRecords.ToConnection(Samples.Put(port));

    private ConnectionSyncTable Subscribed()
    {
        var table = new ConnectionSyncTable(_connections);
        table.Changed += Note;
        return table;
    }

    private void Note(in SyncChange<ConnectionKey, ConnectionPath> change) => _told.Add(change);

    private sealed class FakeConnections : IConnectionTable, IConnectionReader
    {
        private int _read;

        public event ConnectionChangeHandler? Changed;

        public bool IsWatched => Changed is not null;

        public List<ConnectionRecord> Records { get; } = [];

        public List<ConnectionRecord> Imported { get; } = [];

        public Func<ConnectionRecord, int, ConnectionImportResult> Result { get; set; } = static (_, _) => ConnectionImportResult.Inserted;

        public void Tell(ConnectionChangeKind kind, in ConnectionRecord record) => Changed?.Invoke(new ConnectionChange(kind, TimeSpan.Zero, record));

        public void SetOwner(uint term, byte owner)
        {
        }

        public IConnectionReader CreateReader() => this;

        public int TakeDirty(ConnectionBuckets buckets) => 0;

        public void Import(ReadOnlySpan<ConnectionRecord> records, Span<ConnectionImportOutcome> outcomes)
        {
            for (var i = 0; i < records.Length; i++)
            {
                Imported.Add(records[i]);
                outcomes[i] = new ConnectionImportOutcome(Result(records[i], i));
            }
        }

        public void Restart() => _read = 0;

        public void Restart(ConnectionBuckets only) => _read = 0;

        public int Read(Span<ConnectionRecord> records)
        {
            var count = Math.Min(records.Length, Records.Count - _read);
            for (var i = 0; i < count; i++)
            {
                records[i] = Records[_read++];
            }

            return count;
        }

        public void Dispose()
        {
        }
    }
}
