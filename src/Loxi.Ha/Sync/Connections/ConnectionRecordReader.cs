using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using L = Loxi.Ha.Sync.Connections.ConnectionRecordLayout;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Reads what <see cref="ConnectionRecordWriter"/> writes, from whoever sends it.</summary>
internal sealed class ConnectionRecordReader : ISyncRecordReader<ConnectionKey, ConnectionPath>
{
    private readonly List<DictionaryService> _services = [];
    private readonly List<DictionaryEndpoint> _endpoints = [];
    private readonly List<FlowAddress> _sources = [];
    private ushort _epoch;

    /// <inheritdoc/>
    public bool TryBeginFrame(ushort epoch)
    {
        if (epoch == _epoch)
        {
            return true;
        }

        if (epoch != (ushort)(_epoch + 1))
        {
            return false;
        }

        _epoch = epoch;
        _services.Clear();
        _endpoints.Clear();
        _sources.Clear();
        return true;
    }

    /// <inheritdoc/>
    public SyncRecordProblem Read(ref ReadOnlySpan<byte> rest, out SyncRecord<ConnectionKey, ConnectionPath> record)
    {
        record = default;
        while (!rest.IsEmpty)
        {
            var operation = (byte)(rest[0] & L.OperationMask);
            var problem = operation switch
            {
                L.DefineService => ReadService(ref rest),
                L.DefineEndpoint => ReadEndpoint(ref rest),
                L.DefineSource => ReadSource(ref rest),
                L.Put => ReadPut(ref rest, out record),
                L.Delete or L.Refresh => ReadShort(operation, ref rest, out record),
                _ => SyncRecordProblem.UnknownOperation,
            };
            if (problem != SyncRecordProblem.None || record.Operation != SyncOperation.None)
            {
                return problem;
            }
        }

        return SyncRecordProblem.None;
    }

    private SyncRecordProblem ReadService(ref ReadOnlySpan<byte> rest)
    {
        var problem = Take(ref rest, L.ServiceLength, 0, out var define, out var vip);
        if (problem != SyncRecordProblem.None)
        {
            return problem;
        }

        if (!IsNext(define, _services.Count))
        {
            return SyncRecordProblem.WrongIndex;
        }

        _services.Add(new DictionaryService(
            vip,
            BinaryPrimitives.ReadUInt16BigEndian(define[4..]),
            (ServiceProtocol)define[1],
            BinaryPrimitives.ReadUInt32BigEndian(define[6..])));
        return SyncRecordProblem.None;
    }

    private SyncRecordProblem ReadEndpoint(ref ReadOnlySpan<byte> rest)
    {
        var problem = Take(ref rest, L.EndpointLength, 0, out var define, out var address);
        if (problem != SyncRecordProblem.None)
        {
            return problem;
        }

        if (define[1] != 0)
        {
            return SyncRecordProblem.WrongFlags;
        }

        if (!IsNext(define, _endpoints.Count))
        {
            return SyncRecordProblem.WrongIndex;
        }

        _endpoints.Add(new DictionaryEndpoint(address, BinaryPrimitives.ReadUInt16BigEndian(define[4..])));
        return SyncRecordProblem.None;
    }

    private SyncRecordProblem ReadSource(ref ReadOnlySpan<byte> rest)
    {
        var problem = Take(ref rest, L.SourceLength, 0, out var define, out var address);
        if (problem != SyncRecordProblem.None)
        {
            return problem;
        }

        if (define[1] != 0)
        {
            return SyncRecordProblem.WrongFlags;
        }

        if (!IsNext(define, _sources.Count))
        {
            return SyncRecordProblem.WrongIndex;
        }

        _sources.Add(address);
        return SyncRecordProblem.None;
    }

    private SyncRecordProblem ReadPut(ref ReadOnlySpan<byte> rest, out SyncRecord<ConnectionKey, ConnectionPath> record)
    {
        record = default;
        var problem = Take(ref rest, L.PutLength, L.SourceIsClientFlag | L.PersistenceFlag, out var put, out var client);
        if (problem != SyncRecordProblem.None)
        {
            return problem;
        }

        var source = client;
        if ((put[0] & L.SourceIsClientFlag) == 0)
        {
            if (rest.Length < 2)
            {
                return SyncRecordProblem.Truncated;
            }

            var index = BinaryPrimitives.ReadUInt16BigEndian(rest);
            rest = rest[2..];
            if (index >= _sources.Count)
            {
                return SyncRecordProblem.UnknownSource;
            }

            source = _sources[index];
        }

        var serviceIndex = BinaryPrimitives.ReadUInt16BigEndian(put[2..]);
        var endpointIndex = BinaryPrimitives.ReadUInt16BigEndian(put[4..]);
        if (serviceIndex >= _services.Count)
        {
            return SyncRecordProblem.UnknownService;
        }

        if (endpointIndex >= _endpoints.Count)
        {
            return SyncRecordProblem.UnknownEndpoint;
        }

        var service = _services[serviceIndex];
        var endpoint = _endpoints[endpointIndex];
        var isPersistence = (put[0] & L.PersistenceFlag) != 0;
        record = new SyncRecord<ConnectionKey, ConnectionPath>(
            SyncOperation.Put,
            KeyOf(put[0], client, service, BinaryPrimitives.ReadUInt16BigEndian(put[6..])),
            new ConnectionPath(
                source,
                endpoint.Address,
                service.Block,
                BinaryPrimitives.ReadUInt16BigEndian(put[8..]),
                endpoint.Port,
                (ConnectionState)(put[1] & 15),
                (ConnectionTraits)(put[1] >> 4)),
            new ConnectionVersion(BinaryPrimitives.ReadUInt64BigEndian(put[14..])),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(put[10..])));
        if (isPersistence)
        {
            return IsPossible(record.Key, record.Value, record.Version, record.Age) ? SyncRecordProblem.None : SyncRecordProblem.Impossible;
        }

        return ConnectionRecordRules.Check(ConnectionRecords.ToConnection(record)) == ConnectionRecordProblem.None ? SyncRecordProblem.None : SyncRecordProblem.Impossible;
    }

    private SyncRecordProblem ReadShort(byte operation, ref ReadOnlySpan<byte> rest, out SyncRecord<ConnectionKey, ConnectionPath> record)
    {
        record = default;
        var isDelete = operation == L.Delete;
        var problem = Take(ref rest, isDelete ? L.DeleteLength : L.RefreshLength, L.PersistenceFlag, out var head, out var client);
        if (problem != SyncRecordProblem.None)
        {
            return problem;
        }

        if (head[1] != 0)
        {
            return SyncRecordProblem.WrongFlags;
        }

        var index = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        if (index >= _services.Count)
        {
            return SyncRecordProblem.UnknownService;
        }

        var service = _services[index];
        var key = KeyOf(head[0], client, service, BinaryPrimitives.ReadUInt16BigEndian(head[4..]));
        var version = isDelete ? new ConnectionVersion(BinaryPrimitives.ReadUInt64BigEndian(head[6..])) : default;
        var age = isDelete ? TimeSpan.Zero : TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(head[6..]));
        record = new SyncRecord<ConnectionKey, ConnectionPath>(isDelete ? SyncOperation.Delete : SyncOperation.Refresh, key, default, version, age);
        var isPossible = client.IsUnicast && service.Vip.IsUnicast && client.IsIPv4 == service.Vip.IsIPv4 && age <= ConnectionRecord.MaxAge && (!isDelete || version.Counter != 0)
            && (key.Kind != ConnectionEntryKind.Persistence || key.ClientPort == 0);
        return isPossible ? SyncRecordProblem.None : SyncRecordProblem.Impossible;
    }

    private static ConnectionKey KeyOf(byte first, FlowAddress client, in DictionaryService service, ushort clientPort)
    {
        var key = new ConnectionKey(client, service.Vip, clientPort, service.Port, service.Protocol);
        return (first & L.PersistenceFlag) == 0 ? key : key with { Kind = ConnectionEntryKind.Persistence, Block = service.Block };
    }

    private static bool IsPossible(in ConnectionKey key, in ConnectionPath path, ConnectionVersion version, TimeSpan age) =>
        key.ClientPort == 0 && path is { SourcePort: 0, State: default(ConnectionState), Traits: default(ConnectionTraits) } && path.Source == key.Client && version.Counter != 0
        && ConnectionRecords.ToPersistence(key, path, age).IsPossible;

    /// <summary>Takes a record's fixed part and its address.</summary>
    private static SyncRecordProblem Take(ref ReadOnlySpan<byte> rest, int length, byte flags, out ReadOnlySpan<byte> head, out FlowAddress address)
    {
        head = default;
        address = default;
        var isIPv6 = (rest[0] & L.IPv6Flag) != 0;
        var whole = length + (isIPv6 ? 16 : 4);
        if ((rest[0] & ~(L.OperationMask | L.IPv6Flag | flags)) != 0)
        {
            return SyncRecordProblem.WrongFlags;
        }

        if (rest.Length < whole)
        {
            return SyncRecordProblem.Truncated;
        }

        head = rest[..length];
        address = isIPv6 ? FlowAddress.Read(rest[length..]) : FlowAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(rest[length..]));
        rest = rest[whole..];
        return isIPv6 && address.IsIPv4 ? SyncRecordProblem.WrongAddress : SyncRecordProblem.None;
    }

    private static bool IsNext(ReadOnlySpan<byte> define, int count) => BinaryPrimitives.ReadUInt16BigEndian(define[2..]) == count && count < L.MostIndices;
}
