namespace Loxi.Bgp.Wire;

/// <summary>A prefix as a value: the address in the upper bits (IPv4 in the uppermost 32), bits beyond the length are 0.</summary>
internal readonly record struct Prefix(BgpFamily Family, byte Length, UInt128 Bits)
{
    /// <summary>Whether it may be announced: neither multicast nor loopback nor link-local (RFC 4271 6.3).</summary>
    internal bool IsUnicast
    {
        get
        {
            var first = (byte)(Bits >> 120);
            if (Family == BgpFamily.Ipv4Unicast)
            {
                return !(Length >= 4 && first >> 4 == 0xe) && !(Length >= 8 && first == 127);
            }

            return !(Length >= 8 && first == 0xff) && !(Length >= 10 && NextHop.IsLinkLocal(Bits)) && !(Length == 128 && Bits == UInt128.One);
        }
    }

    internal static int Width(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? 32 : 128;

    /// <summary>Clears the bits beyond the length: they have no meaning on the wire (RFC 4271 4.3).</summary>
    internal static Prefix Create(BgpFamily family, byte length, UInt128 bits)
        => new(family, length, length == 0 ? UInt128.Zero : bits & (UInt128.MaxValue << (128 - length)));

    internal bool Contains(in Prefix other)
        => Family == other.Family && Length <= other.Length && (Length == 0 || ((Bits ^ other.Bits) >> (128 - Length)) == 0);
}
