
namespace Loxi.Bgp.Wire;

/// <summary>A prefix as a value: the address in the upper bits (IPv4 in the uppermost 32), bits beyond the length are 0.</summary>
internal readonly record struct Prefix(BgpFamily Family, byte Length, UInt128 Bits)
{
    internal static int Width(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? 32 : 128;

    /// <summary>Clears the bits beyond the length: they have no meaning on the wire (RFC 4271 4.3).</summary>
    internal static Prefix Create(BgpFamily family, byte length, UInt128 bits)
        => new(family, length, length == 0 ? UInt128.Zero : bits & (UInt128.MaxValue << (128 - length)));

    internal bool Contains(in Prefix other)
        => Family == other.Family && Length <= other.Length && (Length == 0 || ((Bits ^ other.Bits) >> (128 - Length)) == 0);
}
