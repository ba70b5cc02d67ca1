namespace Loxi.Nat.Translation;

/// <summary>
/// Translates packets between IPv4 and IPv6 (RFC 7915) with the addresses and ports of a connection (RFC 6146): TCP, UDP, SCTP, ICMP
/// echo, any fragment of the former three, and ICMP errors with the packet that they quote. Pure, allocates nothing, never throws on any packet.
/// </summary>
internal static class HeaderTranslator
{
    /// <summary>By how much a packet may grow at most: two IPv6 headers with fragment headers, and a quoted packet padded to 128 bytes (RFC 4884 4.1).</summary>
    public const int MaxGrowth = (2 * (IpHeader.Ipv6Length - IpHeader.Ipv4Length + IpHeader.FragmentHeaderLength)) + 128 + 8;

    /// <summary>Translates a packet.</summary>
    /// <param name="packet">The packet from its IP header on.</param>
    /// <param name="to">Its new addresses, of the other family, and ports. An ICMP error quotes a packet of the other direction.</param>
    /// <param name="identification">Identification of an IPv4 packet whose IPv6 original has none.</param>
    /// <param name="output">Receives the packet; at least <see cref="MaxGrowth"/> bytes longer than it, not overlapping it.</param>
    /// <param name="length">Bytes written; 0 unless it was translated.</param>
    /// <returns><see cref="TranslationStatus.Translated"/>, or why not.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short.</exception>
    public static TranslationStatus Translate(ReadOnlySpan<byte> packet, in TranslatedTuple to, ushort identification, Span<byte> output, out int length)
    {
        length = 0;
        if (output.Length < packet.Length + MaxGrowth)
        {
            throw new ArgumentException($"The output has {output.Length} bytes, expected at least the {packet.Length} of the packet and {MaxGrowth}.", nameof(output));
        }

        var status = IpHeader.Read(packet, isQuoted: false, out var header);
        if (status != TranslationStatus.Translated)
        {
            return status;
        }

        if (header.HopLimit <= 1)
        {
            return TranslationStatus.HopLimitExceeded;
        }

        if (header.IsIpv6 == to.IsIpv6)
        {
            return TranslationStatus.NoCounterpart;
        }

        return TranslateUpper(packet[header.Length..header.TotalLength], header, to, identification, output, out length);
    }

    private static TranslationStatus TranslateUpper(
        ReadOnlySpan<byte> upper, in IpHeader header, in TranslatedTuple to, ushort identification, Span<byte> output, out int length)
    {
        length = 0;
        if (header.MoreFragments && upper.Length % 8 != 0)
        {
            return TranslationStatus.Malformed;
        }

        if (header.IsIcmp && header.IsFragment)
        {
            return TranslationStatus.FragmentedIcmp;
        }

        var headerLength = IpHeaderWriter.LengthFor(header);
        TranslationStatus status;
        int written;
        if (header.IsIcmp)
        {
            status = IcmpTranslator.Translate(upper, header, to, output[headerLength..], IpHeader.LeastIpv6Mtu - headerLength, out written);
        }
        else if (TransportRewriter.HasPorts(header.Protocol))
        {
            upper.CopyTo(output[headerLength..]);
            written = upper.Length;
            status = header.FragmentOffset > 0
                ? TranslationStatus.Translated
                : TransportRewriter.Rewrite(output.Slice(headerLength, upper.Length), header, to);
        }
        else
        {
            return TranslationStatus.UnsupportedProtocol;
        }

        if (status != TranslationStatus.Translated)
        {
            return status;
        }

        if (!IpHeaderWriter.Write(output, header, to, (byte)(header.HopLimit - 1), written, identification))
        {
            return TranslationStatus.TooLong;
        }

        length = headerLength + written;
        return TranslationStatus.Translated;
    }
}
