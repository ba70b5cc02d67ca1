namespace Loxi.Bgp.Wire;

/// <summary>Whether the prefixes of a field can be told apart (RFC 7606 5.3), before any of them is used.</summary>
internal static class NlriSyntax
{
    /// <param name="bytes">The field.</param>
    /// <param name="family">Family of its prefixes.</param>
    /// <param name="addPath">Whether each has a path identifier before it.</param>
    /// <param name="firstStrange">Offset of the first one that is no unicast prefix, -1 when there is none.</param>
    /// <returns>Offset of the first one that is cut or too long, -1 when all are right.</returns>
    internal static int FindError(ReadOnlySpan<byte> bytes, BgpFamily family, bool addPath, out int firstStrange)
    {
        firstStrange = -1;
        var identifier = addPath ? 4 : 0;
        var width = Prefix.Width(family);
        for (var at = 0; at < bytes.Length;)
        {
            var lengthAt = at + identifier;
            if (lengthAt >= bytes.Length)
            {
                return at;
            }

            int length = bytes[lengthAt];
            var next = lengthAt + 1 + ((length + 7) >> 3);
            if (length > width || next > bytes.Length)
            {
                return at;
            }

            if (firstStrange < 0 && length >= 4 && MayBeStrange(bytes[lengthAt + 1], family) && !Read(bytes[at..next], family, addPath).IsUnicast)
            {
                firstStrange = at;
            }

            at = next;
        }

        return -1;
    }

    // By the first octet alone: keeps the way of all other prefixes short.
    private static bool MayBeStrange(byte first, BgpFamily family)
        => family == BgpFamily.Ipv4Unicast ? first == 127 || first >> 4 == 0xe : first is 0xff or 0xfe or 0;

    private static Prefix Read(ReadOnlySpan<byte> one, BgpFamily family, bool addPath)
    {
        var entries = new PrefixList(one, family, addPath, unicastOnly: false).GetEnumerator();
        entries.MoveNext();
        return entries.Current.Prefix;
    }
}
