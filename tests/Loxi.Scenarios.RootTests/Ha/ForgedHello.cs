using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>HELLO datagrams made by the document (docs/ha-transport.md), without the product's code.</summary>
internal static class ForgedHello
{
    public const int Port = 22112;
    public const int VersionAt = 4;
    public const int NodeAt = 8;
    public const int IncarnationAt = 16;
    private const int HeaderLength = 48;
    private const int GroupLength = 25;
    private const int TagLength = 32;
    private const byte Master = 2;
    private const byte Ready = 2;

    /// <summary>A node that serves the first VIP group with the greatest term.</summary>
    /// <param name="node">The node that it says to be.</param>
    /// <param name="keyId">0 for none.</param>
    /// <param name="secret">What signs it.</param>
    public static byte[] OfMaster(ushort node, ushort keyId, byte[] secret)
    {
        var name = Encoding.ASCII.GetBytes("llb-inst0");
        var content = HeaderLength + GroupLength + name.Length;
        var bytes = new byte[content + (keyId == 0 ? 0 : TagLength)];
        "LXHA"u8.CopyTo(bytes);
        bytes[VersionAt] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(NodeAt), node);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), keyId);
        bytes[13] = 1;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(IncarnationAt), ulong.MaxValue);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), ulong.MaxValue / 2);
        var group = bytes.AsSpan(HeaderLength);
        group[0] = (byte)name.Length;
        group[1] = Master;
        group[2] = Ready;
        group[6] = byte.MaxValue;
        group[7] = byte.MaxValue;
        BinaryPrimitives.WriteUInt64BigEndian(group[8..], ulong.MaxValue);
        name.CopyTo(group[GroupLength..]);
        if (keyId != 0)
        {
            HMACSHA256.HashData(secret, bytes.AsSpan(0, content), bytes.AsSpan(content));
        }

        return bytes;
    }
}
