using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using Xunit;
using L = Loxi.Ha.Sync.Connections.ConnectionRecordLayout;

namespace Loxi.Ha.Tests.Sync;

public sealed class ConnectionRecordCodecTests
{
    [Fact]
    public void Golden_BytesAreThoseOfTheDocument()
    {
        // Written by hand from docs/ha-sync.md.
        const string service = "01" + "06" + "0000" + "0050" + "00000004" + "c0000264";
        const string endpoint = "02" + "00" + "0000" + "1f90" + "0a000001";
        const string source = "03" + "00" + "0000" + "c0000265";
        const string put = "04" + "03" + "0000" + "0000" + "9c40" + "9c41" + "000003e8" + "0000030100000009" + "c6336407" + "0000";
        const string other = "01" + "06" + "0001" + "0050" + "00000000" + "c0000264";
        const string delete = "05" + "00" + "0001" + "9c40" + "000003010000000a" + "c6336407";
        const string refresh = "06" + "00" + "0001" + "9c40" + "000007d0" + "c6336407";
        var key = new ConnectionKey(Samples.Client, Samples.Vip, 40_000, 80, ServiceProtocol.Tcp);
        var path = new ConnectionPath(Samples.Source, Samples.Endpoint, 4, 40_001, 8080, ConnectionState.Established, ConnectionTraits.None);

        var bytes = Write(
            new(SyncOperation.Put, key, path, new ConnectionVersion(3, 1, 9), TimeSpan.FromSeconds(1)),
            new(SyncOperation.Delete, key, default, new ConnectionVersion(3, 1, 10), TimeSpan.Zero),
            new(SyncOperation.Refresh, key, default, default, TimeSpan.FromSeconds(2)));

        Convert.ToHexStringLower(bytes).Should().Be(service + endpoint + source + put + other + delete + refresh);
    }

    [Fact]
    public void Golden_Clients_BytesAreThoseOfTheDocument()
    {
        const string service = "01" + "06" + "0000" + "0050" + "00000004" + "c0000264";
        const string endpoint = "02" + "00" + "0000" + "1f90" + "0a000001";
        const string put = "64" + "00" + "0000" + "0000" + "0000" + "0000" + "000003e8" + "0000030100000009" + "c6336407";
        const string delete = "45" + "00" + "0000" + "0000" + "000003010000000a" + "c6336407";
        const string refresh = "46" + "00" + "0000" + "0000" + "000007d0" + "c6336407";
        var client = new PersistenceRecord { Client = Samples.Client, Vip = Samples.Vip, VipPort = 80, Protocol = ServiceProtocol.Tcp, Block = 4, Endpoint = Samples.Endpoint, EndpointPort = 8080 };
        var (key, path) = (ConnectionRecords.KeyOf(client), ConnectionRecords.PathOf(client));
        SyncRecord<ConnectionKey, ConnectionPath>[] records =
        [
            new(SyncOperation.Put, key, path, new ConnectionVersion(3, 1, 9), TimeSpan.FromSeconds(1)),
            new(SyncOperation.Delete, key, default, new ConnectionVersion(3, 1, 10), TimeSpan.Zero),
            new(SyncOperation.Refresh, key, default, default, TimeSpan.FromSeconds(2)),
        ];

        var bytes = Write(records);

        Convert.ToHexStringLower(bytes).Should().Be(service + endpoint + put + delete + refresh);
        ReadOnlySpan<byte> rest = bytes;
        var reader = new ConnectionRecordReader();
        foreach (var record in records)
        {
            reader.Read(ref rest, out var read).Should().Be(SyncRecordProblem.None);
            read.Should().Be(record);
        }
    }

    [Theory]
    [InlineData("a state", 1, 0x03)]
    [InlineData("a port of the client", 7, 0x01)]
    [InlineData("a source port", 9, 0x01)]
    [InlineData("no version", 21, 0x00)]
    [InlineData("an age of years", 10, 0xff)]
    [InlineData("a client that is none", 22, 0xe0)]
    public void AClientThatCannotBe_IsRefusedAlone(string what, int at, byte value)
    {
        var client = new PersistenceRecord { Client = Samples.Client, Vip = Samples.Vip, VipPort = 80, Protocol = ServiceProtocol.Tcp, Endpoint = Samples.Endpoint, EndpointPort = 8080 };
        var record = new SyncRecord<ConnectionKey, ConnectionPath>(SyncOperation.Put, ConnectionRecords.KeyOf(client), ConnectionRecords.PathOf(client), new ConnectionVersion(0, 1, 9), TimeSpan.FromSeconds(1));
        var bytes = Write(record, record);
        bytes[14 + 10 + at] = value;

        ReadOnlySpan<byte> rest = bytes;
        var reader = new ConnectionRecordReader();
        reader.Read(ref rest, out _).Should().Be(SyncRecordProblem.Impossible, what);
        reader.Read(ref rest, out var second).Should().Be(SyncRecordProblem.None);
        second.Should().Be(record);
    }

    [Theory]
    [InlineData(false, 26)]
    [InlineData(true, 28)]
    public void AnIPv4Flow_TakesAtMost28Octets(bool isFull, int expected)
    {
        var record = Samples.Put(source: isFull ? Samples.Source : null);

        (Write(record, record).Length - Write(record).Length).Should().Be(expected);
    }

    [Fact]
    public void RoundTrip_GivesBackWhatWasWritten() => Samples.Records.Array[1, 40].Sample(static records =>
    {
        ReadOnlySpan<byte> rest = Write(records);
        var reader = new ConnectionRecordReader();
        foreach (var record in records)
        {
            reader.Read(ref rest, out var read).Should().Be(SyncRecordProblem.None);
            read.Should().Be(record);
        }

        rest.IsEmpty.Should().BeTrue();
        reader.Read(ref rest, out var end).Should().Be(SyncRecordProblem.None);
        end.Operation.Should().Be(SyncOperation.None);
    });

    [Fact]
    public void Truncated_AtEveryLength_IsRefused() => Samples.Records.Array[1, 4].Sample(static records =>
    {
        var bytes = Write(records);
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = new ConnectionRecordReader();
            ReadOnlySpan<byte> rest = bytes.AsSpan(0, length);
            var problem = SyncRecordProblem.None;
            var count = 0;
            while (problem == SyncRecordProblem.None && !rest.IsEmpty)
            {
                problem = reader.Read(ref rest, out var record);
                count += record.Operation == SyncOperation.None ? 0 : 1;
            }

            (problem == SyncRecordProblem.Truncated || (problem == SyncRecordProblem.None && count < records.Length)).Should().BeTrue($"{length} of {bytes.Length} octets gave {problem}");
        }
    }, iter: 30);

    public static TheoryData<string, SyncRecordProblem> Malformed => new()
    {
        { "00", SyncRecordProblem.UnknownOperation },
        { "0f000000", SyncRecordProblem.UnknownOperation },
        { "41060000005000000000c0000264", SyncRecordProblem.WrongFlags },
        { "21060000005000000000c0000264", SyncRecordProblem.WrongFlags },
        { "01060001005000000000c0000264", SyncRecordProblem.WrongIndex },
        { "02010000005000000000", SyncRecordProblem.WrongFlags },
        { "020000010050c0000264", SyncRecordProblem.WrongIndex },
        { "03000001c0000264", SyncRecordProblem.WrongIndex },
        { "03010000c0000264", SyncRecordProblem.WrongFlags },
        { "13000000" + "00000000000000000000ffffc0000264", SyncRecordProblem.WrongAddress },
        { Service + "24030000" + "0000" + "9c409c40000003e80000030100000009c6336407", SyncRecordProblem.UnknownEndpoint },
        { Service + "24030001" + "0000" + "9c409c40000003e80000030100000009c6336407", SyncRecordProblem.UnknownService },
        { Service + Endpoint + "04030000" + "0000" + "9c409c40000003e80000030100000009c6336407" + "0000", SyncRecordProblem.UnknownSource },
        { Service + Endpoint + "04030000" + "0000" + "9c409c40000003e80000030100000009c6336407" + "00", SyncRecordProblem.Truncated },
        { Service + "0501" + "00009c400000030100000009c6336407", SyncRecordProblem.WrongFlags },
        { Service + "2500" + "00009c400000030100000009c6336407", SyncRecordProblem.WrongFlags },
        { Service + "0500" + "00019c400000030100000009c6336407", SyncRecordProblem.UnknownService },
        { Service + "0600" + "00019c40000003e8c6336407", SyncRecordProblem.UnknownService },

        // What can be read and cannot be.
        { Service + "0500" + "00009c400000030100000000c6336407", SyncRecordProblem.Impossible },
        { Service + "0600" + "00009c40ffffffffc6336407", SyncRecordProblem.Impossible },
        { Service + "0600" + "00009c40000003e87f000001", SyncRecordProblem.Impossible },
        { Service + Endpoint + "24090000" + "0000" + "9c409c40000003e80000030100000009c6336407", SyncRecordProblem.Impossible },
        { Service + Endpoint + "24f30000" + "0000" + "9c409c40000003e80000030100000009c6336407", SyncRecordProblem.Impossible },
        { Service + Endpoint + "24030000" + "0000" + "00009c40000003e80000030100000009c6336407", SyncRecordProblem.Impossible },
        { Service + Endpoint + "24030000" + "0000" + "9c409c40000003e80000030100000009e0000001", SyncRecordProblem.Impossible },
        { Service + Endpoint + "24030000" + "0000" + "9c409c40000003e80000030100000000c6336407", SyncRecordProblem.Impossible },
    };

    private const string Service = "01060000005000000000c0000264";
    private const string Endpoint = "020000001f900a000001";

    [Theory]
    [MemberData(nameof(Malformed))]
    public void OneWrongThing_IsNamed(string hex, SyncRecordProblem expected)
    {
        ReadOnlySpan<byte> rest = Convert.FromHexString(hex);

        new ConnectionRecordReader().Read(ref rest, out _).Should().Be(expected);
    }

    [Fact]
    public void Impossible_TheNextRecordIsReadAllTheSame()
    {
        ReadOnlySpan<byte> rest = Convert.FromHexString(Service + "060000009c40ffffffffc6336407" + "060000009c40000003e8c6336407");
        var reader = new ConnectionRecordReader();
        reader.Read(ref rest, out _).Should().Be(SyncRecordProblem.Impossible);

        reader.Read(ref rest, out var record).Should().Be(SyncRecordProblem.None);
        record.Age.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void AnyOctets_AreReadOrRefused_WithoutAnException() => Gen.Select(Samples.Records.Array[1, 6], Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[0, 6], Gen.Byte.Array[0, 40]).Sample(static (records, changes, tail) =>
    {
        byte[] bytes = [.. Write(records), .. tail];
        foreach (var (at, value) in changes)
        {
            bytes[at % bytes.Length] = value;
        }

        var reader = new ConnectionRecordReader();
        ReadOnlySpan<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            var before = rest.Length;
            var problem = reader.Read(ref rest, out var record);
            if (problem is not (SyncRecordProblem.None or SyncRecordProblem.Impossible))
            {
                return;
            }

            rest.Length.Should().BeLessThan(before);
            if (problem == SyncRecordProblem.None && record.Operation == SyncOperation.Put)
            {
                ConnectionRecordRules.Check(ConnectionRecords.ToConnection(record)).Should().Be(ConnectionRecordProblem.None);
            }
        }
    }, iter: 20_000);

    /// <summary>S6: what says nothing but that a connection is in use must not be taken for one of the same version, which is stale.</summary>
    [Theory]
    [InlineData(SyncOperation.Put, ConnectionOperation.Put)]
    [InlineData(SyncOperation.Delete, ConnectionOperation.Delete)]
    [InlineData(SyncOperation.Refresh, ConnectionOperation.Refresh)]
    public void RecordOfTheEngine_IsTheSameOperationOfTheTable(SyncOperation operation, ConnectionOperation expected) =>
        ConnectionRecords.ToConnection(Samples.Put() with { Operation = operation }).Operation.Should().Be(expected);

    [Fact]
    public void DictionaryFull_TheNextFrameBeginsAnEpoch_AndTheReaderFollows()
    {
        var writer = new ConnectionRecordWriter(mostIndices: 3);
        var reader = new ConnectionRecordReader();
        var epochs = new HashSet<ushort>();
        var bytes = new byte[1000];
        for (ushort i = 1; i <= 20; i++)
        {
            var record = Samples.Put(source: Samples.Source);
            record = record with { Key = record.Key with { VipPort = i } };
            var epoch = writer.BeginFrame();
            if (!writer.TryWrite(record, bytes, out var written))
            {
                epoch = writer.BeginFrame();
                writer.TryWrite(record, bytes, out written).Should().BeTrue();
            }

            epochs.Add(epoch);
            reader.TryBeginFrame(epoch).Should().BeTrue();
            ReadOnlySpan<byte> rest = bytes.AsSpan(0, written);
            reader.Read(ref rest, out var read).Should().Be(SyncRecordProblem.None);
            read.Should().Be(record);
        }

        epochs.Should().HaveCount(7);
        reader.TryBeginFrame((ushort)(epochs.Max() + 2)).Should().BeFalse();
        reader.TryBeginFrame((ushort)(epochs.Max() - 1)).Should().BeFalse();
    }

    [Fact]
    public void NoRoom_NothingIsWrittenOrDefined()
    {
        var writer = new ConnectionRecordWriter();
        var bytes = new byte[200];
        writer.TryWrite(Samples.Put(), bytes.AsSpan(0, L.LongestWithDefinitions - 1), out var written).Should().BeFalse();
        written.Should().Be(0);

        writer.TryWrite(Samples.Put(), bytes, out written).Should().BeTrue();
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, written);
        new ConnectionRecordReader().Read(ref rest, out var record).Should().Be(SyncRecordProblem.None);
        record.Should().Be(Samples.Put());
    }

    [Fact]
    public void WriteAndRead_AllocateNothing()
    {
        var writer = new ConnectionRecordWriter();
        var reader = new ConnectionRecordReader();
        var bytes = new byte[200];
        void Go(int times)
        {
            for (var i = 0; i < times; i++)
            {
                writer.TryWrite(Samples.Put((ushort)(1 + i)), bytes, out var written);
                ReadOnlySpan<byte> rest = bytes.AsSpan(0, written);
                reader.Read(ref rest, out _);
            }
        }

        Go(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Go(10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1000);
    }

    [Fact]
    public void Hash_GivesTheBucketOfTheDataPlane() => Samples.Records.Sample(static record =>
    {
        var hash = new ConnectionSchema().HashOf(record.Key);
        var key = record.Key;
        ((int)((uint)hash >> 20)).Should().Be(ConnectionBuckets.Of(key.Client, key.ClientPort, key.Vip, key.VipPort, key.Protocol));
    });

    internal static byte[] Write(params SyncRecord<ConnectionKey, ConnectionPath>[] records)
    {
        var writer = new ConnectionRecordWriter();
        writer.BeginFrame().Should().Be(0);
        var bytes = new byte[SyncFrame.LongestLength];
        var at = 0;
        foreach (var record in records)
        {
            writer.TryWrite(record, bytes.AsSpan(at), out var written).Should().BeTrue();
            at += written;
        }

        return bytes[..at];
    }
}
