using System.Buffers.Binary;
using System.Net.Sockets;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>struct sockaddr_in and sockaddr_in6 in a buffer of <see cref="Size"/> bytes.</summary>
internal static class SocketAddress
{
    /// <summary>Bytes of the longer one.</summary>
    internal const int Size = 28;

    private const int LengthV4 = 16;

    /// <summary>Writes an address; the scope goes to link-local IPv6 addresses only, others have none.</summary>
    /// <returns>The length for the kernel.</returns>
    internal static int Write(Span<byte> buffer, InternetAddress address, int port, int interfaceIndex)
    {
        buffer[..Size].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)port);
        if (address.Family == AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(buffer, (ushort)Libc.AfInet);
            address.CopyTo(buffer[4..]);
            return LengthV4;
        }

        BitConverter.TryWriteBytes(buffer, (ushort)Libc.AfInet6);
        address.CopyTo(buffer[8..]);
        if (address.IsIPv6LinkLocal)
        {
            BitConverter.TryWriteBytes(buffer[24..], interfaceIndex);
        }

        return Size;
    }

    /// <summary>Reads an address; none when the kernel gave none.</summary>
    internal static InternetAddress Read(ReadOnlySpan<byte> buffer, out int port)
    {
        port = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        return BitConverter.ToUInt16(buffer) switch
        {
            Libc.AfInet => InternetAddress.FromBytes(buffer.Slice(4, 4)),
            Libc.AfInet6 => InternetAddress.FromBytes(buffer.Slice(8, 16)),
            _ => default,
        };
    }
}
