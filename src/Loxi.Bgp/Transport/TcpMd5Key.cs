using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loxi.Bgp.Transport;

/// <summary>struct tcp_md5sig (linux/tcp.h) as bytes.</summary>
internal static class TcpMd5Key
{
    internal const int LongestKey = 80;

    internal const int AddressSize = 128;
    private const int FlagsAt = AddressSize;
    private const int PrefixLengthAt = AddressSize + 1;
    private const int KeyLengthAt = AddressSize + 2;
    private const int InterfaceAt = AddressSize + 4;
    private const int KeyAt = AddressSize + 8;
    private const byte FlagPrefix = 1;

    /// <param name="peer">Whose; a link-local one with its scope.</param>
    /// <param name="prefixLength">For a whole network; null for the address alone.</param>
    /// <param name="password">The key; null removes it.</param>
    internal static byte[] Write(IPAddress peer, int? prefixLength, string? password)
    {
        var value = new byte[KeyAt + LongestKey];
        WriteAddress(value, peer);
        if (prefixLength is { } length)
        {
            value[FlagsAt] = FlagPrefix;
            value[PrefixLengthAt] = (byte)length;
        }

        var keyLength = password is null ? 0 : Encoding.UTF8.GetBytes(password, value.AsSpan(KeyAt));
        BitConverter.TryWriteBytes(value.AsSpan(KeyLengthAt), (ushort)keyLength);
        BitConverter.TryWriteBytes(value.AsSpan(InterfaceAt), 0);
        return value;
    }

    // struct sockaddr_in, sockaddr_in6: family in host order, port (any), then the address.
    internal static void WriteAddress(Span<byte> value, IPAddress peer)
    {
        const ushort ipv4 = 2;
        const ushort ipv6 = 10;
        if (peer.AddressFamily == AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(value, ipv4);
            peer.TryWriteBytes(value[4..], out _);
            return;
        }

        BitConverter.TryWriteBytes(value, ipv6);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], 0);
        peer.TryWriteBytes(value[8..], out _);
        if (peer.IsIPv6LinkLocal)
        {
            BitConverter.TryWriteBytes(value[24..], (uint)peer.ScopeId);
        }
    }
}
