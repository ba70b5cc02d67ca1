using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loxi.Bgp.Transport;

/// <summary>struct tcp_ao_add and struct tcp_ao_del (linux/tcp.h, since Linux 6.7) as bytes.</summary>
internal static class TcpAoKey
{
    internal const int LongestKey = 80;

    private const int NameAt = TcpMd5Key.AddressSize;
    private const int NameSize = 64;

    // ifindex, the bits set_current and set_rnext, reserved2.
    private const int PrefixLengthAt = NameAt + NameSize + 10;
    private const int SendIdAt = PrefixLengthAt + 1;
    private const int ReceiveIdAt = PrefixLengthAt + 2;
    private const int KeyLengthAt = PrefixLengthAt + 5;
    private const int KeyAt = PrefixLengthAt + 6;
    private const int AddSize = 288;

    private const int RemovedPrefixLengthAt = NameAt + 10;
    private const int RemovedSendIdAt = RemovedPrefixLengthAt + 1;
    private const int RemovedReceiveIdAt = RemovedPrefixLengthAt + 2;
    private const int RemoveSize = 144;

    /// <param name="peer">Whose; a link-local one with its scope.</param>
    /// <param name="prefixLength">For a whole network; null for the address alone.</param>
    /// <param name="key">The key.</param>
    internal static byte[] WriteAdd(IPAddress peer, int? prefixLength, BgpTcpAoKey key)
    {
        var value = new byte[AddSize];
        TcpMd5Key.WriteAddress(value, peer);
        Encoding.ASCII.GetBytes(NameOf(key.Algorithm), value.AsSpan(NameAt));
        value[PrefixLengthAt] = Length(peer, prefixLength);
        value[SendIdAt] = value[ReceiveIdAt] = key.Id;
        // Length of the code: the algorithm's own, 12 octets (RFC 5926 3.2).
        value[KeyLengthAt] = (byte)Encoding.UTF8.GetBytes(key.Secret, value.AsSpan(KeyAt, LongestKey));
        return value;
    }

    internal static byte[] WriteRemove(IPAddress peer, int? prefixLength, BgpTcpAoKey key)
    {
        var value = new byte[RemoveSize];
        TcpMd5Key.WriteAddress(value, peer);
        value[RemovedPrefixLengthAt] = Length(peer, prefixLength);
        value[RemovedSendIdAt] = value[RemovedReceiveIdAt] = key.Id;
        return value;
    }

    private static byte Length(IPAddress peer, int? prefixLength) => (byte)(prefixLength ?? (peer.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));

    private static string NameOf(BgpTcpAoAlgorithm algorithm) => algorithm == BgpTcpAoAlgorithm.HmacSha1 ? "hmac(sha1)" : "cmac(aes128)";
}
