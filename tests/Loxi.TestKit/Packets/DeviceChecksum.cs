using System.Buffers.Binary;

namespace Loxi.TestKit.Packets;

/// <summary>Does what a device does with a packet whose sender left the checksum to it: such a packet has the sum of its pseudo-header there.</summary>
internal static class DeviceChecksum
{
    /// <summary>Completes a TCP or UDP checksum that was left to the device; a right or wrong one stays.</summary>
    internal static void Complete(ParsedPacket parsed, byte[] bytes)
    {
        if (parsed.TransportChecksumValid != false || !(parsed.IsTcp || parsed.IsUdp))
        {
            return;
        }

        var transport = bytes.AsSpan(parsed.TransportOffset, parsed.IpOffset + parsed.IpLength - parsed.TransportOffset);
        var field = transport[(parsed.IsTcp ? 16 : 6)..];
        var pseudo = Checksum.PseudoHeader(parsed.Source!, parsed.Destination!, parsed.Protocol, transport.Length);
        if (BinaryPrimitives.ReadUInt16BigEndian(field) != (ushort)~Checksum.Finish(pseudo))
        {
            return;
        }

        field[..2].Clear();
        var sum = Checksum.Finish(Checksum.Sum(transport, pseudo));
        BinaryPrimitives.WriteUInt16BigEndian(field, parsed.IsUdp && sum == 0 ? ushort.MaxValue : sum);
    }
}
