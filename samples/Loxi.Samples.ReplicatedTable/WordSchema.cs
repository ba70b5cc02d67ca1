using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Samples.ReplicatedTable;

/// <summary>How entries look on the wire: operation 1, version 8, key 32, value 32. Nothing repeats, so there is no dictionary and one object does for all streams.</summary>
internal sealed class WordSchema : ISyncSchema<Word, Word>, ISyncRecordWriter<Word, Word>, ISyncRecordReader<Word, Word>
{
    private const int Length = 1 + 8 + (2 * Word.Length);

    /// <summary>Another number for another layout: nodes that differ do not speak with each other.</summary>
    public ulong Id => 0x576f7264_00000001;

    public ulong HashOf(in Word key) => key.StableHash();

    public TimeSpan TimeoutOf(in Word key, in Word value) => TimeSpan.MaxValue;

    public ISyncRecordWriter<Word, Word> CreateWriter() => this;

    public ISyncRecordReader<Word, Word> CreateReader() => this;

    public ushort BeginFrame() => 0;

    public bool TryBeginFrame(ushort epoch) => epoch == 0;

    public bool TryWrite(in SyncRecord<Word, Word> record, Span<byte> bytes, out int written)
    {
        written = bytes.Length < Length ? 0 : Length;
        if (written == 0)
        {
            return false;
        }

        bytes[0] = (byte)record.Operation;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], record.Version.Value);
        record.Key.Write(bytes[9..]);
        record.Value.Write(bytes[(9 + Word.Length)..]);
        return true;
    }

    public SyncRecordProblem Read(ref ReadOnlySpan<byte> rest, out SyncRecord<Word, Word> record)
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

        var operation = (SyncOperation)rest[0];
        if (operation is not (SyncOperation.Put or SyncOperation.Delete or SyncOperation.Refresh))
        {
            return SyncRecordProblem.UnknownOperation;
        }

        var version = new ConnectionVersion(BinaryPrimitives.ReadUInt64BigEndian(rest[1..]));
        record = new SyncRecord<Word, Word>(operation, Word.Read(rest[9..]), Word.Read(rest[(9 + Word.Length)..]), version, TimeSpan.Zero);
        rest = rest[Length..];
        return record.Key.Equals(default) ? SyncRecordProblem.Impossible : SyncRecordProblem.None;
    }
}
