using System.Buffers.Binary;

namespace Loxi.Bfd.Wire;

/// <summary>The mandatory section of control packets (RFC 5880 4.1): bytes to fields and back. Allocates nothing and never throws for what came from the network.</summary>
public static class BfdControlCodec
{
    /// <summary>Length of the mandatory section in bytes.</summary>
    public const int MandatoryLength = 24;

    /// <summary>Length of the longest packet: with a SHA-1 authentication section.</summary>
    public const int LongestLength = MandatoryLength + 28;

    private const byte Version = 1;
    private const byte PollBit = 0x20;
    private const byte FinalBit = 0x10;
    private const byte ControlPlaneIndependentBit = 0x08;
    private const byte AuthenticationBit = 0x04;
    private const byte DemandBit = 0x02;
    private const byte MultipointBit = 0x01;

    /// <summary>Reads a datagram and applies the rules that need no session, in the order of RFC 5880 6.8.6.</summary>
    /// <param name="datagram">The UDP payload. What is beyond its Length field is not looked at.</param>
    /// <param name="packet">The fields; the default value unless the result is <see cref="BfdDiscardReason.None"/>.</param>
    /// <returns><see cref="BfdDiscardReason.None"/>, or the first rule that discards it: <see cref="BfdDiscardReason.Truncated"/> to <see cref="BfdDiscardReason.MyDiscriminatorZero"/>.</returns>
    public static BfdDiscardReason Read(ReadOnlySpan<byte> datagram, out BfdControlPacket packet)
    {
        packet = default;
        if (datagram.Length < 4)
        {
            return BfdDiscardReason.Truncated;
        }

        if (datagram[0] >> 5 != Version)
        {
            return BfdDiscardReason.Version;
        }

        var flags = datagram[1];
        var length = datagram[3];
        if (length < ((flags & AuthenticationBit) != 0 ? MandatoryLength + BfdAuthenticationSection.HeaderLength : MandatoryLength))
        {
            return BfdDiscardReason.LengthTooSmall;
        }

        if (length > datagram.Length)
        {
            return BfdDiscardReason.LengthBeyondPayload;
        }

        if (datagram[2] == 0)
        {
            return BfdDiscardReason.DetectMultZero;
        }

        if ((flags & MultipointBit) != 0)
        {
            return BfdDiscardReason.Multipoint;
        }

        var myDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        if (myDiscriminator == 0)
        {
            return BfdDiscardReason.MyDiscriminatorZero;
        }

        packet = new BfdControlPacket
        {
            Diagnostic = (BfdDiagnostic)(datagram[0] & 0x1f),
            State = (BfdState)(flags >> 6),
            Poll = (flags & PollBit) != 0,
            Final = (flags & FinalBit) != 0,
            ControlPlaneIndependent = (flags & ControlPlaneIndependentBit) != 0,
            AuthenticationPresent = (flags & AuthenticationBit) != 0,
            Demand = (flags & DemandBit) != 0,
            DetectMult = datagram[2],
            Length = length,
            MyDiscriminator = myDiscriminator,
            YourDiscriminator = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]),
            DesiredMinTxInterval = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]),
            RequiredMinRxInterval = BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]),
            RequiredMinEchoRxInterval = BinaryPrimitives.ReadUInt32BigEndian(datagram[20..]),
        };
        return BfdDiscardReason.None;
    }

    /// <summary>Writes the mandatory section with version 1. Writes what it is given, also what a receiver discards.</summary>
    /// <param name="packet">The fields.</param>
    /// <param name="destination">Receives <see cref="MandatoryLength"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public static void Write(in BfdControlPacket packet, Span<byte> destination)
    {
        if (destination.Length < MandatoryLength)
        {
            throw new ArgumentException($"{MandatoryLength} bytes of room are needed, there are {destination.Length}.", nameof(destination));
        }

        destination[0] = (byte)((Version << 5) | ((byte)packet.Diagnostic & 0x1f));
        destination[1] = (byte)(((byte)packet.State << 6)
            | (packet.Poll ? PollBit : 0)
            | (packet.Final ? FinalBit : 0)
            | (packet.ControlPlaneIndependent ? ControlPlaneIndependentBit : 0)
            | (packet.AuthenticationPresent ? AuthenticationBit : 0)
            | (packet.Demand ? DemandBit : 0)
            | (packet.Multipoint ? MultipointBit : 0));
        destination[2] = packet.DetectMult;
        destination[3] = packet.Length;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], packet.MyDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], packet.YourDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], packet.DesiredMinTxInterval);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], packet.RequiredMinRxInterval);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], packet.RequiredMinEchoRxInterval);
    }
}
