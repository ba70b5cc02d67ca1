using System.Buffers.Binary;

namespace Loxi.Bfd.Wire;

/// <summary>
/// An echo packet as this library sends it. Its content is the sender's own affair (RFC 5880 5): 4 bytes that tell it from control
/// packets and from echo packets of others, the session, a number, and a cookie that nobody can guess.
/// </summary>
public readonly record struct BfdEchoPacket
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 20;

    // The first three bits are not version 1, so that it is no control packet (RFC 9747 sends those to the same port).
    private const uint Mark = 0x4c784501;

    /// <summary>The session's local discriminator.</summary>
    public uint Discriminator { get; init; }

    /// <summary>Counts the session's echo packets.</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>Random, so that only what was sent and returned is taken.</summary>
    public ulong Cookie { get; init; }

    /// <summary>Reads a datagram. Never throws for what came from the network.</summary>
    /// <param name="datagram">The UDP payload.</param>
    /// <param name="packet">The fields.</param>
    /// <returns>False when this library did not make it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out BfdEchoPacket packet)
    {
        if (datagram.Length != Length || BinaryPrimitives.ReadUInt32BigEndian(datagram) != Mark)
        {
            packet = default;
            return false;
        }

        packet = new BfdEchoPacket
        {
            Discriminator = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            SequenceNumber = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]),
            Cookie = BinaryPrimitives.ReadUInt64BigEndian(datagram[12..]),
        };
        return true;
    }

    /// <summary>Writes the packet.</summary>
    /// <param name="destination">Receives <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void Write(Span<byte> destination)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"{Length} bytes of room are needed, there are {destination.Length}.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, Mark);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Discriminator);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], SequenceNumber);
        BinaryPrimitives.WriteUInt64BigEndian(destination[12..], Cookie);
    }
}
