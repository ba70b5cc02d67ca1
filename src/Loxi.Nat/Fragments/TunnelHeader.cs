using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Fragments;

/// <summary>The outer header of IP in IP (RFC 2003, RFC 2473, RFC 4213), as the programs write it (bpf/loxi_tunnel.h).</summary>
internal static class TunnelHeader
{
    /// <summary>Bytes of the longer one.</summary>
    public const int MaxLength = Ipv6Length;

    private const int Ipv4Length = 20;
    private const int Ipv6Length = 40;
    private const int DontFragment = 0x4000;
    private const byte HopLimit = 64;
    private const byte Ipv4InIp = 4;
    private const byte Ipv6InIp = 41;

    /// <summary>Puts a packet into a tunnel.</summary>
    /// <param name="inner">The packet, whose header is whole.</param>
    /// <param name="source">Where the tunnel begins, as in <see cref="FragmentTranslation"/>.</param>
    /// <param name="destination">Where it ends.</param>
    /// <param name="identification">Of an IPv4 header that may be fragmented.</param>
    /// <param name="output">Receives both, <see cref="MaxLength"/> bytes longer than <paramref name="inner"/>; may not overlap it.</param>
    /// <param name="length">Bytes written; 0 on failure.</param>
    /// <returns>False when the whole is too long for its header.</returns>
    public static bool TryWrap(ReadOnlySpan<byte> inner, UInt128 source, UInt128 destination, ushort identification, Span<byte> output, out int length)
    {
        var isIpv6 = FragmentRewriter.IsIpv6(source);
        var header = isIpv6 ? Ipv6Length : Ipv4Length;
        length = 0;
        if ((isIpv6 ? inner.Length : header + inner.Length) > ushort.MaxValue)
        {
            return false;
        }

        var innerIsIpv6 = inner[0] >> 4 == 6;
        // RFC 6040 4.1: class and congestion notification are those of the packet.
        var trafficClass = innerIsIpv6 ? (byte)(BinaryPrimitives.ReadUInt16BigEndian(inner) >> 4) : inner[1];
        var protocol = innerIsIpv6 ? Ipv6InIp : Ipv4InIp;
        output[..header].Clear();
        if (isIpv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(output, (ushort)((6 << 12) | (trafficClass << 4)));
            BinaryPrimitives.WriteUInt16BigEndian(output[4..], (ushort)inner.Length);
            output[6] = protocol;
            output[7] = HopLimit;
            BinaryPrimitives.WriteUInt128BigEndian(output[8..], source);
            BinaryPrimitives.WriteUInt128BigEndian(output[24..], destination);
        }
        else
        {
            var isFixed = innerIsIpv6 || (BinaryPrimitives.ReadUInt16BigEndian(inner[6..]) & DontFragment) != 0;
            output[0] = 0x45;
            output[1] = trafficClass;
            BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)(header + inner.Length));
            BinaryPrimitives.WriteUInt16BigEndian(output[4..], isFixed ? (ushort)0 : identification);
            BinaryPrimitives.WriteUInt16BigEndian(output[6..], isFixed ? (ushort)DontFragment : (ushort)0);
            output[8] = HopLimit;
            output[9] = protocol;
            BinaryPrimitives.WriteUInt32BigEndian(output[12..], (uint)source);
            BinaryPrimitives.WriteUInt32BigEndian(output[16..], (uint)destination);
            BinaryPrimitives.WriteUInt16BigEndian(output[10..], InternetChecksum.Finish(InternetChecksum.Add(0, output[..header])));
        }

        inner.CopyTo(output[header..]);
        length = header + inner.Length;
        return true;
    }
}
