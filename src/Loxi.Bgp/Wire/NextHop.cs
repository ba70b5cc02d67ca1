using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Bgp.Wire;

/// <summary>A next hop as a value; of an IPv6 one the link-local address too, when the message has it (RFC 2545 3).</summary>
/// <param name="Kind">Its family.</param>
/// <param name="Address">The address, IPv4 in the upper 32 bits. A next hop that is link-local alone has the same in both.</param>
/// <param name="LinkLocal">Link-local address of an IPv6 next hop, or 0.</param>
internal readonly record struct NextHop(NextHopKind Kind, UInt128 Address, UInt128 LinkLocal = default)
{
    internal bool IsLinkLocalOnly => Kind == NextHopKind.Ipv6 && Address == LinkLocal;

    internal static bool IsLinkLocal(UInt128 address) => (ushort)(address >> 112) >> 6 == 0xfe80 >> 6;

    internal static NextHop From(IPAddress address, IPAddress? linkLocal = null)
        => new(address.AddressFamily == AddressFamily.InterNetwork ? NextHopKind.Ipv4 : NextHopKind.Ipv6, Bits(address), linkLocal is null ? default : Bits(linkLocal));

    /// <summary>The address in the upper bits.</summary>
    internal static UInt128 Bits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    internal IPAddress ToIPAddress() => ToIPAddress(Address);

    internal IPAddress ToIPAddress(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new IPAddress(bytes[..(Kind == NextHopKind.Ipv4 ? 4 : 16)]);
    }
}
