using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using L = Loxi.Ha.Sync.Connections.ConnectionRecordLayout;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Writes connections, services and endpoints as indices of a dictionary that goes with the stream.</summary>
/// <param name="mostIndices">Of each kind; then a new epoch begins.</param>
internal sealed class ConnectionRecordWriter(int mostIndices = L.MostIndices) : ISyncRecordWriter<ConnectionKey, ConnectionPath>
{
    private readonly Dictionary<DictionaryService, ushort> _services = [];
    private readonly Dictionary<DictionaryEndpoint, ushort> _endpoints = [];
    private readonly Dictionary<FlowAddress, ushort> _sources = [];
    private ushort _epoch;
    private bool _full;

    /// <inheritdoc/>
    public ushort BeginFrame()
    {
        if (_full)
        {
            _full = false;
            _services.Clear();
            _endpoints.Clear();
            _sources.Clear();
            _epoch++;
        }

        return _epoch;
    }

    /// <inheritdoc/>
    public bool TryWrite(in SyncRecord<ConnectionKey, ConnectionPath> record, Span<byte> bytes, out int written)
    {
        written = 0;
        _full |= _services.Count == mostIndices || _endpoints.Count == mostIndices || _sources.Count == mostIndices;
        if (_full || bytes.Length < L.LongestWithDefinitions)
        {
            return false;
        }

        // Deletions and refreshes of connections have no block: any service of that port names them.
        var block = record.Key.Kind == ConnectionEntryKind.Persistence ? record.Key.Block : record.Operation == SyncOperation.Put ? record.Value.Block : 0;
        var kind = record.Key.Kind == ConnectionEntryKind.Persistence ? L.PersistenceFlag : (byte)0;
        var service = Service(new DictionaryService(record.Key.Vip, record.Key.VipPort, record.Key.Protocol, block), bytes, ref written);
        switch (record.Operation)
        {
            case SyncOperation.Put:
                WritePut(record, kind, service, bytes, ref written);
                break;
            case SyncOperation.Delete:
                var delete = Begin((byte)(L.Delete | kind), L.DeleteLength, service, record.Key, bytes, ref written);
                BinaryPrimitives.WriteUInt64BigEndian(delete[6..], record.Version.Value);
                break;
            default:
                var refresh = Begin((byte)(L.Refresh | kind), L.RefreshLength, service, record.Key, bytes, ref written);
                BinaryPrimitives.WriteUInt32BigEndian(refresh[6..], Milliseconds(record.Age));
                break;
        }

        return true;
    }

    private void WritePut(in SyncRecord<ConnectionKey, ConnectionPath> record, byte kind, ushort service, Span<byte> bytes, ref int written)
    {
        var path = record.Value;
        var isClient = path.Source == record.Key.Client;
        var endpoint = Endpoint(new DictionaryEndpoint(path.Endpoint, path.EndpointPort), bytes, ref written);
        var source = isClient ? (ushort)0 : Source(path.Source, bytes, ref written);
        var put = bytes[written..];
        put[0] = (byte)(L.Put | kind | (isClient ? L.SourceIsClientFlag : 0));
        put[1] = (byte)((byte)path.State | ((byte)path.Traits << 4));
        BinaryPrimitives.WriteUInt16BigEndian(put[2..], service);
        BinaryPrimitives.WriteUInt16BigEndian(put[4..], endpoint);
        BinaryPrimitives.WriteUInt16BigEndian(put[6..], record.Key.ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(put[8..], path.SourcePort);
        BinaryPrimitives.WriteUInt32BigEndian(put[10..], Milliseconds(record.Age));
        BinaryPrimitives.WriteUInt64BigEndian(put[14..], record.Version.Value);
        var length = L.PutLength + WriteAddress(record.Key.Client, put, L.PutLength);
        if (!isClient)
        {
            BinaryPrimitives.WriteUInt16BigEndian(put[length..], source);
            length += 2;
        }

        written += length;
    }

    /// <summary>What deletions and refreshes have in common.</summary>
    private static Span<byte> Begin(byte operation, int length, ushort service, in ConnectionKey key, Span<byte> bytes, ref int written)
    {
        var record = bytes[written..];
        record[0] = operation;
        record[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], service);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], key.ClientPort);
        written += length + WriteAddress(key.Client, record, length);
        return record;
    }

    private ushort Service(in DictionaryService service, Span<byte> bytes, ref int written)
    {
        if (_services.TryGetValue(service, out var index))
        {
            return index;
        }

        index = (ushort)_services.Count;
        _services.Add(service, index);
        var define = bytes[written..];
        define[0] = L.DefineService;
        define[1] = (byte)service.Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(define[2..], index);
        BinaryPrimitives.WriteUInt16BigEndian(define[4..], service.Port);
        BinaryPrimitives.WriteUInt32BigEndian(define[6..], service.Block);
        written += L.ServiceLength + WriteAddress(service.Vip, define, L.ServiceLength);
        return index;
    }

    private ushort Endpoint(in DictionaryEndpoint endpoint, Span<byte> bytes, ref int written)
    {
        if (_endpoints.TryGetValue(endpoint, out var index))
        {
            return index;
        }

        index = (ushort)_endpoints.Count;
        _endpoints.Add(endpoint, index);
        var define = bytes[written..];
        define[0] = L.DefineEndpoint;
        define[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(define[2..], index);
        BinaryPrimitives.WriteUInt16BigEndian(define[4..], endpoint.Port);
        written += L.EndpointLength + WriteAddress(endpoint.Address, define, L.EndpointLength);
        return index;
    }

    private ushort Source(FlowAddress source, Span<byte> bytes, ref int written)
    {
        if (_sources.TryGetValue(source, out var index))
        {
            return index;
        }

        index = (ushort)_sources.Count;
        _sources.Add(source, index);
        var define = bytes[written..];
        define[0] = L.DefineSource;
        define[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(define[2..], index);
        written += L.SourceLength + WriteAddress(source, define, L.SourceLength);
        return index;
    }

    /// <summary>Writes the address where a record has it, and into its first octet of which family it is.</summary>
    private static int WriteAddress(FlowAddress address, Span<byte> record, int at)
    {
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(record[at..], (uint)address.Low);
            return 4;
        }

        record[0] |= L.IPv6Flag;
        address.Write(record[at..]);
        return 16;
    }

    private static uint Milliseconds(TimeSpan age) => (uint)Math.Clamp(age.Ticks / TimeSpan.TicksPerMillisecond, 0, uint.MaxValue);
}
