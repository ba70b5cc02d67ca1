using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>struct ifinfomsg and its attributes (linux/if_link.h).</summary>
internal static class LinkCodec
{
    private const int HeaderSize = 16;
    private const string What = "link";

    // Numbers in the arrays of settings: IPV4_DEVCONF_ARP_IGNORE (19, counted from 1) and DEVCONF_FORWARDING (counted from 0).
    private const int ArpIgnoreIndex = 18;
    private const int ForwardingIndex = 0;

    /// <summary>Parses; false for messages of other families (bridge ports), which are not about the link itself.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out Link link, out uint change)
    {
        link = null!;
        change = 0;
        if (payload.Length < HeaderSize)
        {
            throw NetlinkException.Malformed(What, $"{payload.Length} bytes, a header has {HeaderSize}");
        }

        if (payload[0] != Nl.FamilyUnspecified)
        {
            return false;
        }

        change = MemoryMarshal.Read<uint>(payload[12..]);
        string? name = null;
        string? kind = null;
        int? vlan = null;
        LinkLayerAddress hardware = default;
        LinkCounters? counters = null;
        int mtu = 0, master = 0, parent = 0, txQueues = 0, rxQueues = 0, xdp = 0, arpIgnore = 0;
        uint carrierChanges = 0;
        var forwards = false;
        var state = OperState.Unknown;
        var reader = new AttributeReader(payload[HeaderSize..], What);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case Nl.IflaName: name = reader.Text(); break;
                case Nl.IflaAddress: hardware = reader.LinkLayer(); break;
                case Nl.IflaMtu: mtu = reader.Int32(); break;
                case Nl.IflaLink: parent = reader.Int32(); break;
                case Nl.IflaMaster: master = reader.Int32(); break;
                case Nl.IflaOperState: state = (OperState)reader.Byte(); break;
                case Nl.IflaTxQueues: txQueues = reader.Int32(); break;
                case Nl.IflaRxQueues: rxQueues = reader.Int32(); break;
                case Nl.IflaLinkInfo: ReadInfo(reader.Nested("link info"), out kind, out vlan); break;
                case Nl.IflaXdp: xdp = ReadXdp(reader.Nested("link XDP")); break;
                case Nl.IflaCarrierChanges: carrierChanges = reader.UInt32(); break;
                case Nl.IflaAfSpec: ReadFamilies(reader.Nested("link families"), out arpIgnore, out forwards); break;
                case Nl.IflaStats64: counters = ReadCounters(reader.AtLeast(64)); break;
                default: break;
            }
        }

        link = new Link
        {
            Index = MemoryMarshal.Read<int>(payload[4..]),
            Name = name ?? throw NetlinkException.Malformed(What, "no name"),
            HardwareType = MemoryMarshal.Read<ushort>(payload[2..]),
            Flags = (LinkFlags)MemoryMarshal.Read<uint>(payload[8..]),
            HardwareAddress = hardware,
            Mtu = mtu,
            ParentIndex = parent,
            MasterIndex = master,
            OperState = state,
            TxQueues = txQueues,
            RxQueues = rxQueues,
            Kind = kind,
            VlanId = vlan,
            XdpProgramId = xdp,
            CarrierChanges = carrierChanges,
            ArpIgnore = arpIgnore,
            ForwardsIpv6 = forwards,
            Counters = counters,
        };
        return true;
    }

    internal static void WriteHeader(ref NetlinkWriter writer, int index = 0, LinkFlags flags = 0, LinkFlags change = 0)
    {
        var header = writer.Take(HeaderSize);
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], (uint)flags);
        MemoryMarshal.Write(header[12..], (uint)change);
    }

    private static void ReadInfo(AttributeReader reader, out string? kind, out int? vlan)
    {
        kind = null;
        vlan = null;
        ReadOnlySpan<byte> data = default;
        while (reader.MoveNext())
        {
            if (reader.Type == Nl.IflaInfoKind)
            {
                kind = reader.Text();
            }
            else if (reader.Type == Nl.IflaInfoData)
            {
                data = reader.Value;
            }
        }

        if (kind != "vlan")
        {
            return;
        }

        var inner = new AttributeReader(data, "VLAN data");
        while (inner.MoveNext())
        {
            if (inner.Type == Nl.IflaVlanId)
            {
                vlan = inner.UInt16();
            }
        }
    }

    private static int ReadXdp(AttributeReader reader)
    {
        var program = 0;
        while (reader.MoveNext())
        {
            if (reader.Type == Nl.IflaXdpProgramId)
            {
                program = reader.Int32();
            }
        }

        return program;
    }

    private static void ReadFamilies(AttributeReader reader, out int arpIgnore, out bool forwards)
    {
        (arpIgnore, forwards) = (0, false);
        while (reader.MoveNext())
        {
            if (reader.Type == Nl.FamilyInet)
            {
                arpIgnore = ReadSetting(reader.Nested("link IPv4"), Nl.IflaInetConf, ArpIgnoreIndex);
            }
            else if (reader.Type == Nl.FamilyInet6)
            {
                forwards = ReadSetting(reader.Nested("link IPv6"), Nl.IflaInet6Conf, ForwardingIndex) != 0;
            }
        }
    }

    private static int ReadSetting(AttributeReader reader, ushort array, int index)
    {
        var value = 0;
        while (reader.MoveNext())
        {
            // Kernels append settings, and older ones have fewer.
            if (reader.Type == array && reader.Value.Length >= (index + 1) * sizeof(int))
            {
                value = MemoryMarshal.Read<int>(reader.Value[(index * sizeof(int))..]);
            }
        }

        return value;
    }

    private static LinkCounters ReadCounters(ReadOnlySpan<byte> value) => new(
        Counter(value, 0), Counter(value, 1), Counter(value, 2), Counter(value, 3),
        Counter(value, 4), Counter(value, 5), Counter(value, 6), Counter(value, 7));

    private static ulong Counter(ReadOnlySpan<byte> value, int index) => MemoryMarshal.Read<ulong>(value[(index * 8)..]);
}
