using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>struct ndmsg and its attributes (linux/neighbour.h). Parsing allocates nothing.</summary>
internal static class NeighbourCodec
{
    private const int HeaderSize = 12;
    private const string What = "neighbour";

    /// <summary>Parses; false for families other than IPv4 and IPv6 (bridge forwarding entries).</summary>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out Neighbour neighbour)
    {
        neighbour = default;
        if (payload.Length < HeaderSize)
        {
            throw NetlinkException.Malformed(What, $"{payload.Length} bytes, a header has {HeaderSize}");
        }

        var family = payload[0];
        if (family is not (Nl.FamilyInet or Nl.FamilyInet6))
        {
            return false;
        }

        InternetAddress address = default;
        LinkLayerAddress linkLayer = default;
        uint flags = payload[10];
        var reader = new AttributeReader(payload[HeaderSize..], What);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case Nl.NdaDestination: address = reader.Address(family); break;
                case Nl.NdaLinkLayerAddress: linkLayer = reader.LinkLayer(); break;
                case Nl.NdaFlagsExt: flags |= reader.UInt32() << 8; break;
                default: break;
            }
        }

        if (address.IsNone)
        {
            throw NetlinkException.Malformed(What, "no address");
        }

        neighbour = new Neighbour(
            MemoryMarshal.Read<int>(payload[4..]),
            address,
            linkLayer,
            (NeighbourState)MemoryMarshal.Read<ushort>(payload[8..]),
            (NeighbourFlags)flags);
        return true;
    }

    internal static void Write(ref NetlinkWriter writer, in Neighbour neighbour)
    {
        var header = WriteHeader(ref writer, Families.Of(neighbour.Address));
        MemoryMarshal.Write(header[4..], neighbour.InterfaceIndex);
        MemoryMarshal.Write(header[8..], (ushort)neighbour.State);
        header[10] = (byte)neighbour.Flags;
        writer.Attribute(Nl.NdaDestination, neighbour.Address);
        if (!neighbour.LinkLayerAddress.IsNone)
        {
            writer.Attribute(Nl.NdaLinkLayerAddress, neighbour.LinkLayerAddress);
        }

        if ((uint)neighbour.Flags > byte.MaxValue)
        {
            writer.Attribute(Nl.NdaFlagsExt, (uint)neighbour.Flags >> 8);
        }
    }

    internal static Span<byte> WriteHeader(ref NetlinkWriter writer, byte family)
    {
        var header = writer.Take(HeaderSize);
        header[0] = family;
        return header;
    }
}
