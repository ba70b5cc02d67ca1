using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Node.Json;

namespace Loxi.Node.State;

/// <summary>
/// A change of the desired state as a line of a journal: eight hexadecimal digits of the CRC-32C of the text, a space, the text in JSON,
/// a line feed. A line that was not written to its end can be told from one that was.
/// </summary>
internal static class JournalCodec
{
    private const int Digits = 8;
    private const int Overhead = Digits + 2;

    /// <summary>Makes the line of a change.</summary>
    public static byte[] Encode(int sequence, StateDifference difference)
    {
        var services = difference.Services;
        LoadbalanceEntry[] put = [.. services.Added.Concat(services.Changed.Select(static c => c.To)).Select(ServiceMapper.ToDesiredEntry)];
        LoadbalanceArguments[] delete = [.. services.Removed.Select(static s => KeyOf(s.Key))];
        var record = new JournalRecord
        {
            Sequence = sequence,
            Put = put.Length == 0 ? null : put,
            PutPools = difference.PutPools.IsEmpty ? null : [.. difference.PutPools.Select(PoolMapper.ToWire)],
            DeletePools = difference.DeletedPools.IsEmpty ? null : difference.DeletedPools,
            Delete = delete.Length == 0 ? null : delete,
        };
        var text = JsonSerializer.SerializeToUtf8Bytes(record, StateJsonContext.Default.JournalRecord);
        var line = new byte[text.Length + Overhead];
        Utf8Formatter.TryFormat(Checksum(text), line, out _, new StandardFormat('x', Digits));
        line[Digits] = (byte)' ';
        text.CopyTo(line, Digits + 1);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Takes the text out of a line without its line feed; false when it is not as it was written.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text)
    {
        text = line.Length > Digits ? line[(Digits + 1)..] : default;
        return line.Length > Digits && line[Digits] == ' '
            && Utf8Parser.TryParse(line[..Digits], out uint checksum, out var consumed, 'x') && consumed == Digits
            && checksum == Checksum(text);
    }

    /// <summary>Does the change of a text to a state.</summary>
    /// <returns>What is wrong with it; empty when it was done.</returns>
    public static ImmutableArray<Problem> Replay(ReadOnlySpan<byte> text, int sequence, StateBuilder state)
    {
        JournalRecord record;
        try
        {
            record = JsonSerializer.Deserialize(text, StateJsonContext.Default.JournalRecord) ?? new JournalRecord();
        }
        catch (JsonException e)
        {
            return [JsonProblem.OfType(e, text.ToArray(), StateJsonContext.Default.JournalRecord)
                ?? Problem.Of($"byte {e.BytePositionInLine + 1}", "...", $"a change that this version understands ({e.Message})")];
        }

        if (record.Sequence != sequence)
        {
            return [Problem.Of("seq", record.Sequence, $"{sequence}: no line is missing or there twice")];
        }

        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var arguments in record.Delete ?? [])
        {
            if (!TryReadKey(arguments, out var key) || !state.Services.Remove(key))
            {
                problems.Add(Problem.Of("delete", $"{arguments.Protocol} {arguments.ExternalIP}:{arguments.Port}", "the key of a service that is there"));
            }
        }

        foreach (var entry in record.Put ?? [])
        {
            var mapping = ServiceMapper.ToService(entry);
            problems.AddRange(mapping.Problems.Select(static p => p.Within("put.")));
            if (mapping.IsValid)
            {
                state.Services[mapping.Service.Key] = mapping.Service;
            }
        }

        ReplayPools(record, state, problems);
        return problems.DrainToImmutable();
    }

    private static void ReplayPools(JournalRecord record, StateBuilder state, ImmutableArray<Problem>.Builder problems)
    {
        foreach (var name in record.DeletePools ?? [])
        {
            if (!state.Pools.Remove(name))
            {
                problems.Add(Problem.Of("deletePools", name, "the name of a source pool that is there"));
            }
        }

        foreach (var wire in record.PutPools ?? [])
        {
            var mapping = PoolMapper.ToPool(wire);
            problems.AddRange(mapping.Problems.Select(static p => p.Within("putPools.")));
            if (mapping.IsValid)
            {
                state.Pools[mapping.Pool.Name] = mapping.Pool;
            }
        }
    }

    private static LoadbalanceArguments KeyOf(ServiceKey key) => new()
    {
        ExternalIP = key.Vip.ToString(),
        Port = key.Port,
        PortMax = key.PortMax,
        Protocol = ServiceProtocolNames.NameOf(key.Protocol),
        Block = key.Block,
        Host = key.Host,
    };

    private static bool TryReadKey(LoadbalanceArguments arguments, [NotNullWhen(true)] out ServiceKey? key)
    {
        key = AddressText.TryParse(arguments.ExternalIP, out var vip)
            && ServiceProtocolNames.TryParse(arguments.Protocol, out var protocol)
            && arguments.Port is >= 0 and <= ushort.MaxValue and var port
            && arguments.PortMax is >= 0 and <= ushort.MaxValue and var portMax
            && arguments.Block is >= 0 and <= uint.MaxValue and var block
                ? new ServiceKey(vip, protocol, (ushort)port, (ushort)portMax, (uint)block, arguments.Host ?? "")
                : null;
        return key is not null;
    }

    private static uint Checksum(ReadOnlySpan<byte> text)
    {
        var crc = uint.MaxValue;
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(text));
        }

        foreach (var one in text)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
