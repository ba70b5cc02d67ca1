using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loxi.Bfd.Fuzz.Targets;

/// <summary>Signs packets without the library (RFC 5880 4.2 to 4.4).</summary>
internal static class Signature
{
    public static void Add(BfdAuthentication authentication, uint sequence, Span<byte> packet)
    {
        var key = authentication.Keys[0];
        packet[24] = (byte)authentication.Type;
        packet[25] = (byte)(packet.Length - 24);
        packet[26] = (byte)key.Id;
        if (authentication.Type == BfdAuthenticationType.SimplePassword)
        {
            key.Secret.AsSpan().CopyTo(packet[27..]);
            return;
        }

        packet[27] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(packet[28..], sequence);
        packet[32..].Clear();
        key.Secret.AsSpan().CopyTo(packet[32..]);
        Span<byte> digest = stackalloc byte[packet.Length - 32];
#pragma warning disable CA5350, CA5351 // RFC 5880 6.7.3, 6.7.4
        if (digest.Length == MD5.HashSizeInBytes)
        {
            MD5.HashData(packet, digest);
        }
        else
        {
            SHA1.HashData(packet, digest);
        }
#pragma warning restore CA5350, CA5351
        digest.CopyTo(packet[32..]);
    }
}
