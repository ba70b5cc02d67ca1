using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <summary>What Loxi needs to know of an Ethernet header: where the network header begins, behind at most two VLAN tags.</summary>
internal static class EthernetFrame
{
    public const int AddressLength = 6;
    public const int HeaderLength = 14;
    public const int TagLength = 4;
    public const ushort Ipv4 = 0x0800;
    public const ushort Ipv6 = 0x86dd;
    public const ushort CustomerTag = 0x8100;
    public const ushort ServiceTag = 0x88a8;

    /// <summary>Finds the EtherType behind the tags and where its payload begins. False when the frame ends before.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out ushort etherType, out int headerLength)
    {
        etherType = 0;
        headerLength = HeaderLength;
        for (var tags = 0; ; tags++)
        {
            if (frame.Length < headerLength)
            {
                return false;
            }

            etherType = BinaryPrimitives.ReadUInt16BigEndian(frame[(headerLength - 2)..]);
            if (etherType is not (CustomerTag or ServiceTag) || tags == 2)
            {
                return true;
            }

            headerLength += TagLength;
        }
    }
}
