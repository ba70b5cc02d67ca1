using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>struct rtmsg and its attributes (linux/rtnetlink.h).</summary>
internal static class RouteCodec
{
    private const int HeaderSize = 12;
    private const int NextHopHeaderSize = 8;
    private const string What = "route";

    /// <summary>Parses; false for other families.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out Route route)
    {
        route = null!;
        if (payload.Length < HeaderSize)
        {
            throw NetlinkException.Malformed(What, $"{payload.Length} bytes, a header has {HeaderSize}");
        }

        var family = payload[0];
        var flags = MemoryMarshal.Read<uint>(payload[8..]);
        if (family is not (Nl.FamilyInet or Nl.FamilyInet6))
        {
            return false;
        }

        var destination = InternetAddress.FromBytes(stackalloc byte[family == Nl.FamilyInet ? 4 : 16]);
        InternetAddress gateway = default, preferred = default, source = default;
        uint table = payload[4], metric = 0, mtu = 0, nextHop = 0;
        var output = 0;
        IReadOnlyList<RouteNextHop> hops = [];
        var reader = new AttributeReader(payload[HeaderSize..], What);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case Nl.RtaDestination: destination = reader.Address(family); break;
                case Nl.RtaSource: source = reader.Address(family); break;
                case Nl.RtaGateway: gateway = reader.Address(family); break;
                case Nl.RtaVia: gateway = ReadVia(reader); break;
                case Nl.RtaOutputInterface: output = reader.Int32(); break;
                case Nl.RtaPreferredSource: preferred = reader.Address(family); break;
                case Nl.RtaPriority: metric = reader.UInt32(); break;
                case Nl.RtaTable: table = reader.UInt32(); break;
                case Nl.RtaMetrics: mtu = ReadMtu(reader.Nested("route metrics")); break;
                case Nl.RtaNextHopObject: nextHop = reader.UInt32(); break;
                case Nl.RtaMultipath: hops = ReadNextHops(reader.Value, family); break;
                default: break;
            }
        }

        route = new Route
        {
            Destination = destination,
            PrefixLength = payload[1],
            Gateway = gateway,
            OutputInterface = output,
            PreferredSource = preferred,
            Table = table,
            Protocol = (RouteProtocol)payload[5],
            Scope = (AddressScope)payload[6],
            Type = (RouteType)payload[7],
            Metric = metric,
            Mtu = mtu,
            Flags = flags,
            Source = source,
            SourcePrefixLength = payload[2],
            NextHopObject = nextHop,
            NextHops = hops,
        };
        return true;
    }

    /// <summary>Writes a route; <paramref name="delete"/> turns what is not given into wildcards.</summary>
    internal static void Write(ref NetlinkWriter writer, Route route, bool delete)
    {
        var family = Families.Of(route.Destination);
        var header = WriteHeader(ref writer, family);
        header[1] = (byte)route.PrefixLength;
        header[2] = (byte)route.SourcePrefixLength;
        header[4] = route.Table <= byte.MaxValue ? (byte)route.Table : (byte)0;
        header[5] = (byte)route.Protocol;
        header[6] = (byte)(route.Scope ?? DeriveScope(route, delete));
        header[7] = (byte)route.Type;
        MemoryMarshal.Write(header[8..], route.Flags);
        if (route.PrefixLength > 0)
        {
            writer.Attribute(Nl.RtaDestination, route.Destination);
        }

        if (route.SourcePrefixLength > 0)
        {
            writer.Attribute(Nl.RtaSource, route.Source);
        }

        if (route.NextHopObject != 0)
        {
            writer.Attribute(Nl.RtaNextHopObject, route.NextHopObject);
        }

        writer.Attribute(Nl.RtaTable, route.Table);
        WriteGateway(ref writer, family, route.Gateway);
        if (route.OutputInterface != 0)
        {
            writer.Attribute(Nl.RtaOutputInterface, route.OutputInterface);
        }

        if (!route.PreferredSource.IsNone)
        {
            writer.Attribute(Nl.RtaPreferredSource, route.PreferredSource);
        }

        if (route.Metric != 0)
        {
            writer.Attribute(Nl.RtaPriority, route.Metric);
        }

        if (route.Mtu != 0)
        {
            var metrics = writer.Begin(Nl.RtaMetrics);
            writer.Attribute(Nl.RtaMetricMtu, route.Mtu);
            writer.End(metrics);
        }

        if (route.NextHops.Count > 0)
        {
            WriteNextHops(ref writer, family, route.NextHops);
        }
    }

    internal static Span<byte> WriteHeader(ref NetlinkWriter writer, byte family)
    {
        var header = writer.Take(HeaderSize);
        header[0] = family;
        return header;
    }

    // As iproute2 does, so that both add and delete the same routes.
    private static AddressScope DeriveScope(Route route, bool delete) => route.Type switch
    {
        _ when route.Destination.Length == 16 => AddressScope.Universe,
        RouteType.Local => AddressScope.Host,
        RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast => AddressScope.Link,
        RouteType.Unicast or RouteType.Unspecified when delete => AddressScope.Nowhere,
        RouteType.Unicast or RouteType.Unspecified when route.Gateway.IsNone && route.NextHops.Count == 0 => AddressScope.Link,
        _ => AddressScope.Universe,
    };

    private static void WriteGateway(ref NetlinkWriter writer, byte family, InternetAddress gateway)
    {
        if (gateway.IsNone)
        {
            return;
        }

        if (Families.Of(gateway) == family)
        {
            writer.Attribute(Nl.RtaGateway, gateway);
            return;
        }

        Span<byte> via = stackalloc byte[18];
        MemoryMarshal.Write(via, (ushort)Families.Of(gateway));
        writer.Attribute(Nl.RtaVia, via[..(2 + gateway.CopyTo(via[2..]))]);
    }

    private static void WriteNextHops(ref NetlinkWriter writer, byte family, IReadOnlyList<RouteNextHop> hops)
    {
        var multipath = writer.Begin(Nl.RtaMultipath);
        foreach (var hop in hops)
        {
            var start = writer.Position;
            var header = writer.Take(NextHopHeaderSize);
            header[3] = (byte)(hop.Weight - 1);
            MemoryMarshal.Write(header[4..], hop.InterfaceIndex);
            WriteGateway(ref writer, family, hop.Gateway);
            writer.End(start);
        }

        writer.End(multipath);
    }

    private static RouteNextHop[] ReadNextHops(ReadOnlySpan<byte> value, byte family)
    {
        var hops = new List<RouteNextHop>();
        while (!value.IsEmpty)
        {
            if (value.Length < NextHopHeaderSize)
            {
                throw NetlinkException.Malformed(What, $"{value.Length} bytes after the last next hop, one has {NextHopHeaderSize}");
            }

            int length = MemoryMarshal.Read<ushort>(value);
            if (length < NextHopHeaderSize || length > value.Length)
            {
                throw NetlinkException.Malformed(What, $"next hop of length {length} with {value.Length} bytes left");
            }

            InternetAddress gateway = default;
            var reader = new AttributeReader(value[NextHopHeaderSize..length], "next hop");
            while (reader.MoveNext())
            {
                if (reader.Type == Nl.RtaGateway)
                {
                    gateway = reader.Address(family);
                }
                else if (reader.Type == Nl.RtaVia)
                {
                    gateway = ReadVia(reader);
                }
            }

            hops.Add(new RouteNextHop(MemoryMarshal.Read<int>(value[4..]), gateway, value[3] + 1));
            value = value[Math.Min(Nl.Align(length), value.Length)..];
        }

        return [.. hops];
    }

    private static InternetAddress ReadVia(in AttributeReader reader)
    {
        var value = reader.AtLeast(2);
        var family = MemoryMarshal.Read<ushort>(value);
        var address = value[2..];
        return (family, address.Length) is (Nl.FamilyInet, 4) or (Nl.FamilyInet6, 16)
            ? InternetAddress.FromBytes(address)
            : throw NetlinkException.Malformed(What, $"gateway of family {family} with {address.Length} bytes");
    }

    private static uint ReadMtu(AttributeReader reader)
    {
        var mtu = 0u;
        while (reader.MoveNext())
        {
            if (reader.Type == Nl.RtaMetricMtu)
            {
                mtu = reader.UInt32();
            }
        }

        return mtu;
    }
}
