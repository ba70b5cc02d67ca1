using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <summary>What an SCTP packet that belongs to no association is answered with (RFC 9260 8.4, 8.5.1).</summary>
internal readonly struct SctpAnswer
{
    /// <summary>The common header and one chunk header: what every packet has and every answer is.</summary>
    public const int Length = 16;

    private const int HeaderLength = 12;
    private const int ChunkHeaderLength = 4;
    private const byte Data = 0;
    private const byte Init = 1;
    private const byte AbortChunk = 6;
    private const byte ShutdownAck = 8;
    private const byte Error = 9;
    private const byte CookieAck = 11;
    private const byte ShutdownComplete = 14;
    private const ushort StaleCookie = 3;

    /// <summary>The type of the only chunk: ABORT or SHUTDOWN COMPLETE.</summary>
    public byte Chunk { get; private init; }

    /// <summary>Its flags: the T bit where the tag is reflected.</summary>
    public byte Flags { get; private init; }

    /// <summary>The verification tag.</summary>
    public uint Tag { get; private init; }

    /// <summary>Whether a packet, as far as it is at hand, has an ABORT.</summary>
    public static bool IsAbort(ReadOnlySpan<byte> packet)
    {
        for (var at = HeaderLength; TryRead(packet, at, out var type, out _, out var next); at = next)
        {
            if (type == AbortChunk)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the answer.</summary>
    /// <param name="packet">The packet from its common header on, at least <see cref="Length"/> bytes; it may be cut.</param>
    /// <param name="answer">The answer.</param>
    /// <returns><see cref="RefusalSkip.None"/>, or why there is none.</returns>
    public static RefusalSkip Find(ReadOnlySpan<byte> packet, out SctpAnswer answer)
    {
        answer = default;
        var tag = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        if (packet[HeaderLength] == Init)
        {
            return FindForInit(packet, tag, out answer);
        }

        // 8.5.1 (A): only an INIT has no tag.
        if (tag == 0)
        {
            return RefusalSkip.Malformed;
        }

        var chunk = AbortChunk;
        for (var at = HeaderLength; TryRead(packet, at, out var type, out var value, out var next) && type != Data; at = next)
        {
            switch (type)
            {
                case Init:
                    return RefusalSkip.Malformed;
                case AbortChunk or ShutdownComplete or CookieAck:
                case Error when value.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(value) == StaleCookie:
                    return RefusalSkip.SctpUnanswered;
                case ShutdownAck:
                    chunk = ShutdownComplete;
                    break;
            }
        }

        answer = new SctpAnswer { Chunk = chunk, Flags = 1, Tag = tag };
        return RefusalSkip.None;
    }

    // 8.4 (3): the answer has the tag that the INIT asks for. 3.3.2: that is never 0. 6.10: an INIT is alone in its packet.
    private static RefusalSkip FindForInit(ReadOnlySpan<byte> packet, uint tag, out SctpAnswer answer)
    {
        answer = default;
        if (packet.Length < HeaderLength + ChunkHeaderLength + 4)
        {
            return RefusalSkip.Truncated;
        }

        var asked = BinaryPrimitives.ReadUInt32BigEndian(packet[(HeaderLength + ChunkHeaderLength)..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(packet[(HeaderLength + 2)..]);
        if (tag != 0 || asked == 0 || length < 20 || packet.Length > HeaderLength + Padded(length))
        {
            return RefusalSkip.Malformed;
        }

        answer = new SctpAnswer { Chunk = AbortChunk, Tag = asked };
        return RefusalSkip.None;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    /// <summary>A chunk that is cut is the last one that is read.</summary>
    private static bool TryRead(ReadOnlySpan<byte> packet, int at, out byte type, out ReadOnlySpan<byte> value, out int next)
    {
        type = 0;
        value = default;
        next = at;
        if (packet.Length < at + ChunkHeaderLength)
        {
            return false;
        }

        type = packet[at];
        var length = BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]);
        if (length < ChunkHeaderLength)
        {
            return false;
        }

        value = packet[(at + ChunkHeaderLength)..Math.Min(packet.Length, at + length)];
        next = at + Padded(length);
        return true;
    }
}
