using System.Buffers.Binary;
using System.Security.Cryptography;
using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Tests.Support;

/// <summary>Authenticated packets, put together by hand from RFC 5880 4.2 to 4.4: nothing of the code that is tested signs them.</summary>
internal static class Signed
{
    public static byte[] By(BfdAuthentication authentication, BfdControlPacket packet, uint sequence = 1000, int key = 0)
    {
        var secret = authentication.Keys[key].Secret.AsSpan();
        var isPassword = authentication.Type == BfdAuthenticationType.SimplePassword;
        var isMd5 = authentication.Type is BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5;
        var section = isPassword ? 3 + secret.Length : isMd5 ? 24 : 28;
        var bytes = new byte[24 + section];
        BfdControlCodec.Write(packet with { AuthenticationPresent = true, Length = (byte)bytes.Length }, bytes);
        bytes[24] = (byte)authentication.Type;
        bytes[25] = (byte)section;
        bytes[26] = (byte)authentication.Keys[key].Id;
        if (isPassword)
        {
            secret.CopyTo(bytes.AsSpan(27));
            return bytes;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(28), sequence);
        secret.CopyTo(bytes.AsSpan(32));
#pragma warning disable CA5350, CA5351 // RFC 5880 6.7.3, 6.7.4
        var digest = isMd5 ? MD5.HashData(bytes) : SHA1.HashData(bytes);
#pragma warning restore CA5350, CA5351
        digest.CopyTo(bytes, 32);
        return bytes;
    }
}
