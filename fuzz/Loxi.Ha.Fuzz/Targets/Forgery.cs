using System.Buffers.Binary;
using Loxi.Fuzz;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Wire;
using static Loxi.Fuzz.InvariantException;

namespace Loxi.Ha.Fuzz.Targets;

/// <summary>Bytes that are made to pass the first rules.</summary>
internal static class Forgery
{
    /// <summary>Makes magic, version, length, flags and part right.</summary>
    /// <param name="datagram">At least a header.</param>
    public static void PutRight(Span<byte> datagram)
    {
        BinaryPrimitives.WriteUInt32BigEndian(datagram, HelloLayout.Magic);
        datagram[HelloLayout.VersionAt] = HelloLayout.Version;
        datagram[HelloLayout.FlagsAt] &= HelloLayout.KnownFlags;
        datagram[HelloLayout.PartAt] %= HelloLayout.MostParts;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[HelloLayout.LengthAt..], (ushort)datagram.Length);
    }

    /// <summary>Makes a datagram right and signs it.</summary>
    /// <returns>Octets of the whole.</returns>
    public static int Sign(Span<byte> buffer, int length, HelloKey? key)
    {
        var whole = length + (key is null ? 0 : HelloLayout.TagLength);
        Check(whole <= buffer.Length, "there is room");
        PutRight(buffer[..whole]);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[HelloLayout.KeyAt..], key?.Id ?? 0);
        key?.Sign(buffer[..length], buffer.Slice(length, HelloLayout.TagLength));
        return whole;
    }
}
