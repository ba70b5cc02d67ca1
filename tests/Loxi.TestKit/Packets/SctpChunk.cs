using System.Buffers.Binary;

namespace Loxi.TestKit.Packets;

/// <summary>One chunk of an SCTP packet: type, flags, and what follows its length. The static methods give the bytes of whole chunks, padded.</summary>
public sealed record SctpChunk(SctpChunkType Type, byte Flags, ReadOnlyMemory<byte> Value)
{
    /// <summary>The T bit of ABORT and SHUTDOWN COMPLETE: the verification tag is the receiver's own, reflected.</summary>
    public const byte Reflected = 1;

    private const byte WholeMessage = 3;

    /// <summary>The initiate tag of an INIT or INIT ACK; 0 for others.</summary>
    public uint InitiateTag => Type is SctpChunkType.Init or SctpChunkType.InitAck && Value.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(Value.Span) : 0;

    /// <summary>Any chunk: its length is set, its end padded to a multiple of four.</summary>
    public static byte[] Bytes(SctpChunkType type, byte flags, ReadOnlySpan<byte> value)
    {
        var chunk = new byte[(4 + value.Length + 3) / 4 * 4];
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(2), (ushort)(4 + value.Length));
        value.CopyTo(chunk.AsSpan(4));
        return chunk;
    }

    public static byte[] Init(uint initiateTag, uint initialTsn = 1) => Bytes(SctpChunkType.Init, 0, Opening(initiateTag, initialTsn));

    /// <summary>INIT ACK with its mandatory state cookie parameter (RFC 9260 3.3.3.1).</summary>
    public static byte[] InitAck(uint initiateTag, byte[] cookie, uint initialTsn = 1) =>
        Bytes(SctpChunkType.InitAck, 0, [.. Opening(initiateTag, initialTsn), 0, 7, .. Big16(4 + cookie.Length), .. cookie, .. new byte[(4 - (cookie.Length % 4)) % 4]]);

    public static byte[] CookieEcho(byte[] cookie) => Bytes(SctpChunkType.CookieEcho, 0, cookie);

    public static byte[] CookieAck() => Bytes(SctpChunkType.CookieAck, 0, []);

    /// <summary>A DATA chunk with a whole user message.</summary>
    public static byte[] Data(uint tsn, byte[] message, ushort stream = 0, ushort sequence = 0) =>
        Bytes(SctpChunkType.Data, WholeMessage, [.. Big32(tsn), .. Big16(stream), .. Big16(sequence), 0, 0, 0, 0, .. message]);

    public static byte[] Sack(uint cumulativeTsn) => Bytes(SctpChunkType.Sack, 0, [.. Big32(cumulativeTsn), 0, 1, 0, 0, 0, 0, 0, 0]);

    /// <summary>HEARTBEAT or its answer, with its information parameter.</summary>
    public static byte[] Heartbeat(byte[] information, bool answer = false) =>
        Bytes(answer ? SctpChunkType.HeartbeatAck : SctpChunkType.Heartbeat, 0, [0, 1, .. Big16(4 + information.Length), .. information]);

    public static byte[] Shutdown(uint cumulativeTsn) => Bytes(SctpChunkType.Shutdown, 0, Big32(cumulativeTsn));

    public static byte[] ShutdownAck() => Bytes(SctpChunkType.ShutdownAck, 0, []);

    public static byte[] ShutdownComplete(bool reflected = false) => Bytes(SctpChunkType.ShutdownComplete, reflected ? Reflected : (byte)0, []);

    /// <summary>An ABORT chunk with any number of error causes.</summary>
    public static byte[] Abort(bool reflected = false, byte[]? causes = null) => Bytes(SctpChunkType.Abort, reflected ? Reflected : (byte)0, causes ?? []);

    /// <summary>An ERROR chunk with one cause (RFC 9260 3.3.10).</summary>
    public static byte[] Error(ushort cause, byte[] information) =>
        Bytes(SctpChunkType.Error, 0, [.. Big16(cause), .. Big16(4 + information.Length), .. information]);

    /// <summary>Takes the chunks of a packet apart; stops where one contradicts itself or the bytes end.</summary>
    internal static IReadOnlyList<SctpChunk> Read(ReadOnlyMemory<byte> chunks)
    {
        var found = new List<SctpChunk>();
        while (chunks.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(chunks.Span[2..]);
            if (length < 4 || length > chunks.Length)
            {
                break;
            }

            found.Add(new SctpChunk((SctpChunkType)chunks.Span[0], chunks.Span[1], chunks[4..length]));
            chunks = chunks[Math.Min(chunks.Length, (length + 3) / 4 * 4)..];
        }

        return found;
    }

    private static byte[] Opening(uint initiateTag, uint initialTsn) => [.. Big32(initiateTag), 0, 1, 0, 0, 0, 10, 0, 10, .. Big32(initialTsn)];

    private static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Big32(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
