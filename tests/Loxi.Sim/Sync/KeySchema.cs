using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Sim.Sync;

/// <summary>A table of numbers: the engine without anything of a balancer.</summary>
/// <param name="timeout">How long entries last.</param>
/// <param name="kinds">Kinds of entries: keys from <see cref="Second"/> on are of kind 1.</param>
internal sealed class KeySchema(TimeSpan timeout, uint kinds = 1) : ISyncSchema<ulong, uint>, ISyncRecordWriter<ulong, uint>, ISyncRecordReader<ulong, uint>
{
    public const ulong Second = 1UL << 62;

    private const int Length = 25;

    public ulong Id => 1;

    public uint Kinds => kinds;

    public int KindOf(in ulong key) => key >= Second ? 1 : 0;

    public ulong HashOf(in ulong key)
    {
        var state = key;
        return SimRandom.SplitMix(ref state);
    }

    public TimeSpan TimeoutOf(in ulong key, in uint value) => timeout;

    public ISyncRecordWriter<ulong, uint> CreateWriter() => this;

    public ISyncRecordReader<ulong, uint> CreateReader() => this;

    public ushort BeginFrame() => 0;

    public bool TryBeginFrame(ushort epoch) => epoch == 0;

    public bool TryWrite(in SyncRecord<ulong, uint> record, Span<byte> bytes, out int written)
    {
        written = 0;
        if (bytes.Length < Length)
        {
            return false;
        }

        bytes[0] = (byte)record.Operation;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], record.Key);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[9..], record.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[13..], record.Version.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[21..], (uint)record.Age.TotalMilliseconds);
        written = Length;
        return true;
    }

    public SyncRecordProblem Read(ref ReadOnlySpan<byte> rest, out SyncRecord<ulong, uint> record)
    {
        record = default;
        if (rest.IsEmpty)
        {
            return SyncRecordProblem.None;
        }

        if (rest.Length < Length)
        {
            return SyncRecordProblem.Truncated;
        }

        record = new SyncRecord<ulong, uint>(
            (SyncOperation)rest[0],
            BinaryPrimitives.ReadUInt64BigEndian(rest[1..]),
            BinaryPrimitives.ReadUInt32BigEndian(rest[9..]),
            new ConnectionVersion(BinaryPrimitives.ReadUInt64BigEndian(rest[13..])),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(rest[21..])));
        rest = rest[Length..];
        return record.Operation is < SyncOperation.Put or > SyncOperation.Refresh ? SyncRecordProblem.UnknownOperation
            : record.Key == ulong.MaxValue ? SyncRecordProblem.Impossible
            : SyncRecordProblem.None;
    }
}
