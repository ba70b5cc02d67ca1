using System.Buffers.Binary;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>Puts a header before any octets.</summary>
internal static class FuzzMessage
{
    public static byte[] Of(byte type, params ReadOnlySpan<byte> body)
    {
        var message = new byte[19 + body.Length];
        message.AsSpan(0, 16).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        message[18] = type;
        body.CopyTo(message.AsSpan(19));
        return message;
    }

    /// <summary>An UPDATE of three fields.</summary>
    public static byte[] Update(ReadOnlySpan<byte> withdrawn, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> nlri)
    {
        var body = new byte[4 + withdrawn.Length + attributes.Length + nlri.Length];
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)withdrawn.Length);
        withdrawn.CopyTo(body.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2 + withdrawn.Length), (ushort)attributes.Length);
        attributes.CopyTo(body.AsSpan(4 + withdrawn.Length));
        nlri.CopyTo(body.AsSpan(4 + withdrawn.Length + attributes.Length));
        return Of(2, body);
    }
}
