using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Programs;

/// <summary>
/// struct __sk_buff of linux/bpf.h, for running TC programs on given data. The kernel accepts from callers only
/// mark, priority, ingress_ifindex, ifindex, cb, tstamp, wire_len, gso_segs, gso_size and hwtstamp (net/bpf/test_run.c,
/// <c>convert___skb_to_skb</c>); any other field that is not zero is EINVAL. <see cref="Interface"/> must exist.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct SkBuffContext
{
    /// <summary>len: packet length; output only.</summary>
    public uint Length;

    /// <summary>pkt_type; output only.</summary>
    public uint PacketType;

    /// <summary>mark (SO_MARK, fwmark).</summary>
    public uint Mark;

    /// <summary>queue_mapping; output only.</summary>
    public uint QueueMapping;

    /// <summary>protocol in network byte order; output only.</summary>
    public uint Protocol;

    /// <summary>vlan_present; output only.</summary>
    public uint VlanPresent;

    /// <summary>vlan_tci; output only.</summary>
    public uint VlanTci;

    /// <summary>vlan_proto in network byte order; output only.</summary>
    public uint VlanProtocol;

    /// <summary>priority (SO_PRIORITY).</summary>
    public uint Priority;

    /// <summary>ingress_ifindex.</summary>
    public uint IngressInterface;

    /// <summary>ifindex of the device the packet is on; 0 is loopback.</summary>
    public uint Interface;

    /// <summary>tc_index; output only.</summary>
    public uint TcIndex;

    /// <summary>cb: five words that travel with the packet.</summary>
    public ControlBlock Control;

    /// <summary>hash; output only.</summary>
    public uint Hash;

    /// <summary>tc_classid; output only.</summary>
    public uint TcClassId;

    /// <summary>data; must be 0.</summary>
    public uint Data;

    /// <summary>data_end; must be 0.</summary>
    public uint DataEnd;

    /// <summary>napi_id; output only.</summary>
    public uint NapiId;

    /// <summary>family to local_port: fields of sk_skb programs; must be 0.</summary>
    public SocketFields Socket;

    /// <summary>data_meta; must be 0.</summary>
    public uint DataMeta;

    /// <summary>flow_keys; must be 0.</summary>
    public ulong FlowKeys;

    /// <summary>tstamp in nanoseconds.</summary>
    public ulong Timestamp;

    /// <summary>wire_len: bytes on the wire, at least the packet's length; 0 for the packet's length.</summary>
    public uint WireLength;

    /// <summary>gso_segs: segments of a GSO packet.</summary>
    public uint GsoSegments;

    /// <summary>sk; must be 0.</summary>
    public ulong SocketPointer;

    /// <summary>gso_size: payload bytes of one segment.</summary>
    public uint GsoSize;

    /// <summary>tstamp_type; output only.</summary>
    public uint TimestampType;

    /// <summary>hwtstamp in nanoseconds.</summary>
    public ulong HardwareTimestamp;

    /// <summary>The five words of cb.</summary>
    [InlineArray(5)]
    public struct ControlBlock
    {
        private uint _first;
    }

    /// <summary>family, remote_ip4, local_ip4, remote_ip6, local_ip6, remote_port, local_port.</summary>
    [InlineArray(13)]
    public struct SocketFields
    {
        private uint _first;
    }
}
