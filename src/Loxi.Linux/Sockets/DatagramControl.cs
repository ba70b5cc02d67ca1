using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>Control messages (struct cmsghdr) of datagrams.</summary>
internal static class DatagramControl
{
    /// <summary>Bytes for all that <see cref="Write"/> writes.</summary>
    internal const int WriteSize = 64;

    private const int HeaderSize = 16; // size_t length, int level, int type

    /// <summary>Walks the control messages of a received datagram; true when the count of lost datagrams is among them.</summary>
    internal static bool Read(ReadOnlySpan<byte> control, ref DatagramInfo info, out uint dropped)
    {
        dropped = 0;
        var hasDropped = false;
        while (control.Length >= HeaderSize)
        {
            var length = BitConverter.ToUInt64(control);
            if (length < HeaderSize || length > (ulong)control.Length)
            {
                break;
            }

            var data = control[HeaderSize..(int)length];
            switch ((BitConverter.ToInt32(control[8..]), BitConverter.ToInt32(control[12..])))
            {
                case (Libc.SolSocket, Libc.SoTimestampNs) when data.Length >= 16:
                    info.TimestampNanoseconds = unchecked((BitConverter.ToInt64(data) * 1_000_000_000L) + BitConverter.ToInt64(data[8..]));
                    break;
                case (Libc.SolSocket, Libc.SoReceiveOverflow) when data.Length >= 4:
                    dropped = BitConverter.ToUInt32(data);
                    hasDropped = true;
                    break;
                case (Libc.SolIp, Libc.IpTtl) when data.Length >= 4:
                case (Libc.SolIpv6, Libc.Ipv6HopLimit) when data.Length >= 4:
                    info.Ttl = BitConverter.ToInt32(data);
                    break;
                case (Libc.SolIp, Libc.IpPacketInfo) when data.Length >= 12: // ipi_ifindex, ipi_spec_dst, ipi_addr
                    info.InterfaceIndex = BitConverter.ToInt32(data);
                    info.Destination = InternetAddress.FromBytes(data.Slice(8, 4));
                    break;
                case (Libc.SolIpv6, Libc.Ipv6PacketInfo) when data.Length >= 20: // ipi6_addr, ipi6_ifindex
                    info.Destination = InternetAddress.FromBytes(data[..16]);
                    info.InterfaceIndex = BitConverter.ToInt32(data[16..]);
                    break;
                default:
                    break;
            }

            control = control[(int)Math.Min((length + 7) & ~7UL, (ulong)control.Length)..];
        }

        return hasDropped;
    }

    /// <summary>Writes what a datagram to send shall have of its own: source address, link, TTL.</summary>
    /// <returns>Bytes written, 0 for none.</returns>
    internal static int Write(Span<byte> control, in DatagramTarget target)
    {
        var isV4 = target.Address.Family == System.Net.Sockets.AddressFamily.InterNetwork;
        var length = 0;
        if (!target.Source.IsNone || target.InterfaceIndex != 0)
        {
            var data = Begin(control, isV4 ? Libc.SolIp : Libc.SolIpv6, isV4 ? Libc.IpPacketInfo : Libc.Ipv6PacketInfo, isV4 ? 12 : 20, out length);
            BitConverter.TryWriteBytes(isV4 ? data : data[16..], target.InterfaceIndex);
            target.Source.CopyTo(isV4 ? data[4..] : data); // IPv4: ipi_spec_dst is the source of what is sent
        }

        if (target.Ttl != 0)
        {
            var data = Begin(control[length..], isV4 ? Libc.SolIp : Libc.SolIpv6, isV4 ? Libc.IpTtl : Libc.Ipv6HopLimit, 4, out var more);
            BitConverter.TryWriteBytes(data, target.Ttl);
            length += more;
        }

        return length;
    }

    private static Span<byte> Begin(Span<byte> control, int level, int type, int size, out int length)
    {
        length = (HeaderSize + size + 7) & ~7;
        control[..length].Clear();
        BitConverter.TryWriteBytes(control, (ulong)(HeaderSize + size));
        BitConverter.TryWriteBytes(control[8..], level);
        BitConverter.TryWriteBytes(control[12..], type);
        return control.Slice(HeaderSize, size);
    }
}
