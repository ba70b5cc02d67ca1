using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>OPEN (RFC 4271 4.2) with capabilities (RFC 5492) and extended optional parameters (RFC 9072).</summary>
internal static class OpenCodec
{
    internal const byte Version = 4;

    /// <summary>AS_TRANS: stands for a number that needs 4 octets (RFC 6793 9).</summary>
    internal const ushort AsTrans = 23456;

    private const int VersionOffset = MessageHeader.Size;
    private const int AsOffset = VersionOffset + 1;
    private const int HoldTimeOffset = AsOffset + 2;
    private const int IdentifierOffset = HoldTimeOffset + 2;
    private const int LengthOffset = IdentifierOffset + 4;
    private const int ParametersOffset = LengthOffset + 1;
    private const byte CapabilitiesParameter = 2;
    private const byte Extended = 255;

    /// <summary>Reads an OPEN whose header is right. What depends on our own settings (the expected AS, roles, our identifier) is the session's to judge.</summary>
    /// <param name="message">The message.</param>
    /// <param name="error">What is wrong when the result is null.</param>
    internal static OpenMessage? Read(ReadOnlySpan<byte> message, out BgpError error)
    {
        error = default;
        if (message[VersionOffset] != Version)
        {
            error = Error(OpenSubcode.UnsupportedVersion, VersionOffset);
            return null;
        }

        var capabilities = new CapabilityReader();
        if (!ReadParameters(message, capabilities, out error))
        {
            return null;
        }

        var result = capabilities.Result();
        var number = result.FourOctetAs ?? BinaryPrimitives.ReadUInt16BigEndian(message[AsOffset..]);
        // RFC 7607 2: 0 is nobody's, in the field and in the capability.
        if (number == 0 || BinaryPrimitives.ReadUInt16BigEndian(message[AsOffset..]) == 0 || capabilities.HasConflictingAs)
        {
            error = Error(OpenSubcode.BadPeerAs, AsOffset);
            return null;
        }

        var holdTime = BinaryPrimitives.ReadUInt16BigEndian(message[HoldTimeOffset..]);
        if (holdTime is 1 or 2)
        {
            error = Error(OpenSubcode.UnacceptableHoldTime, HoldTimeOffset);
            return null;
        }

        var identifier = BinaryPrimitives.ReadUInt32BigEndian(message[IdentifierOffset..]);
        if (identifier == 0)
        {
            error = Error(OpenSubcode.BadIdentifier, IdentifierOffset);
            return null;
        }

        return new OpenMessage { As = number, HoldTime = holdTime, Identifier = identifier, Capabilities = result };
    }

    /// <returns>Length of the message, at most 4,096 octets.</returns>
    internal static int Write(OpenMessage open, Span<byte> destination)
    {
        Span<byte> buffer = stackalloc byte[2048];
        var writer = new CapabilityWriter(buffer);
        writer.Write(open.Capabilities);
        var capabilities = buffer[..writer.Length];

        destination[VersionOffset] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(destination[AsOffset..], open.As > ushort.MaxValue ? AsTrans : (ushort)open.As);
        BinaryPrimitives.WriteUInt16BigEndian(destination[HoldTimeOffset..], open.HoldTime);
        BinaryPrimitives.WriteUInt32BigEndian(destination[IdentifierOffset..], open.Identifier);
        var at = ParametersOffset;
        if (capabilities.Length + 2 >= Extended)
        {
            // RFC 9072 2: the length and the type are 255, then the parameters with lengths of two octets.
            destination[LengthOffset] = Extended;
            destination[at] = Extended;
            BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 1)..], (ushort)(capabilities.Length + 3));
            destination[at + 3] = CapabilitiesParameter;
            BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 4)..], (ushort)capabilities.Length);
            at += 6;
        }
        else if (capabilities.Length > 0)
        {
            destination[LengthOffset] = (byte)(capabilities.Length + 2);
            destination[at] = CapabilitiesParameter;
            destination[at + 1] = (byte)capabilities.Length;
            at += 2;
        }
        else
        {
            destination[LengthOffset] = 0;
        }

        capabilities.CopyTo(destination[at..]);
        at += capabilities.Length;
        MessageHeader.Write(MessageType.Open, at, destination);
        return at;
    }

    private static bool ReadParameters(ReadOnlySpan<byte> message, CapabilityReader capabilities, out BgpError error)
    {
        error = default;
        int length = message[LengthOffset];
        var at = ParametersOffset;
        var extended = length != 0 && message.Length > at && message[at] == Extended;
        if (extended)
        {
            // RFC 9072 2: the type alone decides; the length of one octet is not looked at, unless it is 0.
            if (message.Length < at + 3)
            {
                error = Error(OpenSubcode.Unspecific, LengthOffset);
                return false;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]);
            at += 3;
        }

        if (message.Length - at != length)
        {
            error = Error(OpenSubcode.Unspecific, LengthOffset);
            return false;
        }

        var header = extended ? 3 : 2;
        while (at < message.Length)
        {
            if (message.Length - at < header)
            {
                error = Error(OpenSubcode.Unspecific, at);
                return false;
            }

            var type = message[at];
            var size = extended ? BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]) : message[at + 1];
            if (size > message.Length - at - header)
            {
                error = Error(OpenSubcode.Unspecific, at);
                return false;
            }

            if (type != CapabilitiesParameter)
            {
                error = Error(OpenSubcode.UnsupportedParameter, at);
                return false;
            }

            if (!ReadCapabilities(message.Slice(at + header, size), at + header, capabilities, out error))
            {
                return false;
            }

            at += header + size;
        }

        return true;
    }

    private static bool ReadCapabilities(ReadOnlySpan<byte> value, int offset, CapabilityReader capabilities, out BgpError error)
    {
        error = default;
        for (var at = 0; at < value.Length;)
        {
            if (value.Length - at < 2 || value[at + 1] > value.Length - at - 2 || !capabilities.Add((CapabilityCode)value[at], value.Slice(at + 2, value[at + 1])))
            {
                error = Error(OpenSubcode.Unspecific, offset + at);
                return false;
            }

            at += 2 + value[at + 1];
        }

        return true;
    }

    private static BgpError Error(byte subcode, int offset) => new(BgpErrorCode.OpenMessage, subcode, offset, ErrorHandling.SessionReset);
}
