using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>struct ifaddrmsg and its attributes (linux/if_addr.h).</summary>
internal static class AddressCodec
{
    private const int HeaderSize = 8;
    private const int CacheInfoSize = 16;
    private const string What = "address";

    /// <summary>Parses; false for families other than IPv4 and IPv6.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out Address address)
    {
        address = default;
        if (payload.Length < HeaderSize)
        {
            throw NetlinkException.Malformed(What, $"{payload.Length} bytes, a header has {HeaderSize}");
        }

        var family = payload[0];
        if (family is not (Nl.FamilyInet or Nl.FamilyInet6))
        {
            return false;
        }

        InternetAddress local = default, other = default, broadcast = default;
        string? label = null;
        uint? valid = null, preferred = null;
        uint flags = payload[2], priority = 0;
        byte protocol = 0;
        var reader = new AttributeReader(payload[HeaderSize..], What);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case Nl.IfaLocal: local = reader.Address(family); break;
                case Nl.IfaAddress: other = reader.Address(family); break;
                case Nl.IfaBroadcast: broadcast = reader.Address(family); break;
                case Nl.IfaLabel: label = reader.Text(); break;
                case Nl.IfaFlags: flags = reader.UInt32(); break;
                case Nl.IfaRoutePriority: priority = reader.UInt32(); break;
                case Nl.IfaProtocol: protocol = reader.AtLeast(1)[0]; break;
                case Nl.IfaCacheInfo:
                    var info = reader.AtLeast(CacheInfoSize);
                    preferred = Lifetime(MemoryMarshal.Read<uint>(info));
                    valid = Lifetime(MemoryMarshal.Read<uint>(info[4..]));
                    break;
                default: break;
            }
        }

        // IFA_ADDRESS is the peer where there is one, else the address itself; IPv6 leaves IFA_LOCAL out then.
        if (local.IsNone)
        {
            (local, other) = (other, default);
        }
        else if (other == local)
        {
            other = default;
        }

        if (local.IsNone)
        {
            throw NetlinkException.Malformed(What, "no address");
        }

        address = new Address(MemoryMarshal.Read<int>(payload[4..]), local, payload[1])
        {
            Scope = (AddressScope)payload[3],
            Flags = (AddressFlags)flags,
            Peer = other,
            Broadcast = broadcast,
            Label = label,
            Protocol = protocol,
            RoutePriority = priority,
            ValidLifetime = valid,
            PreferredLifetime = preferred,
        };
        return true;
    }

    internal static void Write(ref NetlinkWriter writer, in Address address)
    {
        var header = WriteHeader(ref writer, Families.Of(address.Local));
        header[1] = (byte)address.PrefixLength;
        header[2] = (byte)address.Flags;
        header[3] = (byte)address.Scope;
        MemoryMarshal.Write(header[4..], address.InterfaceIndex);
        writer.Attribute(Nl.IfaLocal, address.Local);
        writer.Attribute(Nl.IfaAddress, address.Peer.IsNone ? address.Local : address.Peer);
        if (!address.Broadcast.IsNone)
        {
            writer.Attribute(Nl.IfaBroadcast, address.Broadcast);
        }

        if (address.Label is not null)
        {
            writer.Attribute(Nl.IfaLabel, address.Label);
        }

        writer.Attribute(Nl.IfaFlags, (uint)address.Flags);
        if (address.Protocol != 0)
        {
            writer.Attribute(Nl.IfaProtocol, [address.Protocol]);
        }

        if (address.RoutePriority != 0)
        {
            writer.Attribute(Nl.IfaRoutePriority, address.RoutePriority);
        }

        if (address.ValidLifetime is not null || address.PreferredLifetime is not null)
        {
            Span<uint> info = [address.PreferredLifetime ?? uint.MaxValue, address.ValidLifetime ?? uint.MaxValue, 0, 0];
            writer.Attribute(Nl.IfaCacheInfo, MemoryMarshal.AsBytes(info));
        }
    }

    internal static Span<byte> WriteHeader(ref NetlinkWriter writer, byte family)
    {
        var header = writer.Take(HeaderSize);
        header[0] = family;
        return header;
    }

    private static uint? Lifetime(uint seconds) => seconds == uint.MaxValue ? null : seconds;
}
