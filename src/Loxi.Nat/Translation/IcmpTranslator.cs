using System.Buffers.Binary;

namespace Loxi.Nat.Translation;

/// <summary>Translates ICMP messages: echo requests, their answers, and errors with the packet that they quote (RFC 7915 4.2, 4.3, 5.2, 5.3; RFC 4884).</summary>
internal static class IcmpTranslator
{
    public const int HeaderLength = 8;

    // RFC 4884 4.3 to 4.5: a packet that an extension follows is padded to this.
    private const int LeastBeforeExtension = 128;

    /// <summary>Translates a message.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="header">The header that was before it.</param>
    /// <param name="to">Its new addresses and identifier.</param>
    /// <param name="output">Receives the message.</param>
    /// <param name="limit">Most bytes of an error.</param>
    /// <param name="length">Bytes written.</param>
    public static TranslationStatus Translate(ReadOnlySpan<byte> message, in IpHeader header, in TranslatedTuple to, Span<byte> output, int limit, out int length)
    {
        length = 0;
        if (message.Length < HeaderLength)
        {
            return TranslationStatus.Malformed;
        }

        if (!TransportRewriter.IcmpChecksumIsRight(message, header))
        {
            return TranslationStatus.BadChecksum;
        }

        message.CopyTo(output);
        if (TransportRewriter.TryRewriteEcho(output[..message.Length], header, to))
        {
            length = message.Length;
            return TranslationStatus.Translated;
        }

        return IcmpMapping.IsError(header.IsIpv6, message[0])
            ? TranslateError(message, header.IsIpv6, to, output, limit, out length)
            : TranslationStatus.NoCounterpart;
    }

    private static TranslationStatus TranslateError(ReadOnlySpan<byte> message, bool isIpv6, in TranslatedTuple to, Span<byte> output, int limit, out int length)
    {
        length = 0;
        var rest = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        var quoted = Split(message[HeaderLength..], isIpv6, message[0], rest, out var extension);
        var status = IpHeader.Read(quoted, isQuoted: true, out var header);
        if (status != TranslationStatus.Translated)
        {
            return status;
        }

        var mapped = isIpv6 ? IcmpMapping.ToIpv4(message[0], message[1], rest, header) : IcmpMapping.ToIpv6(message[0], message[1], rest, header);
        if (mapped is not var (type, code, newRest) || header.IsIpv6 != isIpv6)
        {
            return TranslationStatus.NoCounterpart;
        }

        status = TranslateQuoted(quoted, header, to.Reversed, output[HeaderLength..], out var quotedLength);
        if (status != TranslationStatus.Translated)
        {
            return status;
        }

        length = HeaderLength + Append(output[HeaderLength..], quotedLength, extension, to.IsIpv6, type, limit - HeaderLength, ref newRest);
        output[0] = type;
        output[1] = code;
        BinaryPrimitives.WriteUInt32BigEndian(output[4..], newRest);
        TransportRewriter.WriteIcmpChecksum(output[..length], to);
        return TranslationStatus.Translated;
    }

    /// <summary>The quoted packet as far as it is there. Its hop limit stays (RFC 7915 4.3, 5.3).</summary>
    private static TranslationStatus TranslateQuoted(ReadOnlySpan<byte> quoted, in IpHeader header, in TranslatedTuple to, Span<byte> output, out int length)
    {
        length = 0;
        var upper = quoted[header.Length..Math.Min(quoted.Length, header.TotalLength)];
        var headerLength = IpHeaderWriter.LengthFor(header);
        if (!IpHeaderWriter.Write(output, header, to, header.HopLimit, header.TotalLength - header.Length, 0))
        {
            return TranslationStatus.TooLong;
        }

        var copy = output.Slice(headerLength, upper.Length);
        upper.CopyTo(copy);
        length = headerLength + upper.Length;
        if (header.FragmentOffset > 0)
        {
            return TranslationStatus.Translated;
        }

        // RFC 792: eight bytes are quoted at least.
        if (upper.Length < 8)
        {
            return TranslationStatus.Truncated;
        }

        if (TransportRewriter.HasPorts(header.Protocol))
        {
            TransportRewriter.RewriteQuoted(copy, header, to);
            return TranslationStatus.Translated;
        }

        if (!header.IsIcmp)
        {
            return TranslationStatus.UnsupportedProtocol;
        }

        if (header.IsFragment)
        {
            return TranslationStatus.FragmentedIcmp;
        }

        return TransportRewriter.TryRewriteEcho(copy, header, to) ? TranslationStatus.Translated : TranslationStatus.NoCounterpart;
    }

    /// <summary>The quoted packet, apart from an extension behind it.</summary>
    private static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> payload, bool isIpv6, byte type, uint rest, out ReadOnlySpan<byte> extension)
    {
        extension = default;
        var length = HasExtension(isIpv6, type) ? (isIpv6 ? (int)(rest >> 24) * 8 : (int)((rest >> 16) & 0xff) * 4) : 0;
        if (length < LeastBeforeExtension || length > payload.Length)
        {
            return payload;
        }

        extension = payload[length..];
        return payload[..length];
    }

    /// <summary>Puts the extension back behind the quoted packet, or leaves it out where there is no room; then as much is quoted as may be.</summary>
    private static int Append(Span<byte> output, int quotedLength, ReadOnlySpan<byte> extension, bool isIpv6, byte type, int limit, ref uint rest)
    {
        var unit = isIpv6 ? 8 : 4;
        var padded = Math.Max(LeastBeforeExtension, (quotedLength + unit - 1) / unit * unit);
        if (extension.IsEmpty || !HasExtension(isIpv6, type) || padded + extension.Length > limit || padded / unit > byte.MaxValue)
        {
            return Math.Min(quotedLength, limit);
        }

        output[quotedLength..padded].Clear();
        extension.CopyTo(output[padded..]);
        rest |= (uint)(padded / unit) << (isIpv6 ? 24 : 16);
        return padded + extension.Length;
    }

    private static bool HasExtension(bool isIpv6, byte type) => isIpv6
        ? type is IcmpMapping.Unreachable6 or IcmpMapping.TimeExceeded6
        : type is IcmpMapping.Unreachable4 or IcmpMapping.TimeExceeded4 or IcmpMapping.ParameterProblem4;
}
