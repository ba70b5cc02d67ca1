using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>The header of every message (RFC 4271 4.1): 16 octets of ones, length, type.</summary>
internal readonly record struct MessageHeader(MessageType Type, int Length)
{
    internal const int Size = 19;

    /// <summary>Longest message without RFC 8654, and longest OPEN and KEEPALIVE with it.</summary>
    internal const int PlainMaximum = 4096;

    internal const int ExtendedMaximum = 65535;

    private const int MarkerLength = 16;
    private const int TypeOffset = 18;

    /// <summary>Finds the message at the start of a stream. An error is told as soon as its octet is there.</summary>
    /// <param name="buffer">What has arrived.</param>
    /// <param name="maxLength">Longest message that we take: what we have advertised ourselves (RFC 8654 4).</param>
    /// <param name="header">Type and length; a whole message of a length that fits its type is in the buffer when the result is <see cref="ParseStatus.Done"/>.</param>
    /// <param name="error">What is wrong when it is <see cref="ParseStatus.Invalid"/>.</param>
    internal static ParseStatus Read(ReadOnlySpan<byte> buffer, int maxLength, out MessageHeader header, out BgpError error)
    {
        header = default;
        error = default;
        var wrong = buffer[..Math.Min(buffer.Length, MarkerLength)].IndexOfAnyExcept((byte)0xff);
        if (wrong >= 0)
        {
            error = new BgpError(BgpErrorCode.MessageHeader, HeaderSubcode.ConnectionNotSynchronized, wrong, ErrorHandling.SessionReset);
            return ParseStatus.Invalid;
        }

        if (buffer.Length < MarkerLength + 2)
        {
            return ParseStatus.NeedMore;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer[MarkerLength..]);
        if (length < Size || length > maxLength)
        {
            error = BadLength();
            return ParseStatus.Invalid;
        }

        if (buffer.Length < Size)
        {
            return ParseStatus.NeedMore;
        }

        var type = (MessageType)buffer[TypeOffset];
        var (least, most) = Limits(type);
        if (least == 0)
        {
            error = new BgpError(BgpErrorCode.MessageHeader, HeaderSubcode.BadMessageType, TypeOffset, ErrorHandling.SessionReset, DataOffset: TypeOffset, DataLength: 1);
            return ParseStatus.Invalid;
        }

        if (length < least || length > most)
        {
            error = BadLength();
            return ParseStatus.Invalid;
        }

        if (buffer.Length < length)
        {
            return ParseStatus.NeedMore;
        }

        header = new MessageHeader(type, length);
        return ParseStatus.Done;
    }

    internal static void Write(MessageType type, int length, Span<byte> destination)
    {
        destination[..MarkerLength].Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(destination[MarkerLength..], checked((ushort)length));
        destination[TypeOffset] = (byte)type;
    }

    internal static int WriteKeepalive(Span<byte> destination)
    {
        Write(MessageType.Keepalive, Size, destination);
        return Size;
    }

    // RFC 4271 6.1 has the shortest; RFC 8654 4: OPEN and KEEPALIVE do not grow. (0, 0): no such type.
    private static (int Least, int Most) Limits(MessageType type) => type switch
    {
        MessageType.Open => (29, PlainMaximum),
        MessageType.Update => (23, ExtendedMaximum),
        MessageType.Notification => (21, ExtendedMaximum),
        MessageType.Keepalive => (Size, Size),
        MessageType.RouteRefresh => (23, ExtendedMaximum),
        _ => (0, 0),
    };

    private static BgpError BadLength()
        => new(BgpErrorCode.MessageHeader, HeaderSubcode.BadMessageLength, MarkerLength, ErrorHandling.SessionReset, DataOffset: MarkerLength, DataLength: 2);
}
