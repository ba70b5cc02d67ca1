using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Programs;

/// <summary>struct xdp_md of linux/bpf.h, for running XDP programs on given data (5.15).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct XdpContext
{
    /// <summary>Offset of the packet in the data: bytes before it are metadata.</summary>
    public uint Data { get; set; }

    /// <summary>Length of the data; must equal it.</summary>
    public uint DataEnd { get; set; }

    /// <summary>Must be 0 on input.</summary>
    public uint DataMeta { get; set; }

    /// <summary>Interface the packet seems to arrive on; 0 for none. With it, <see cref="RxQueueIndex"/> must exist.</summary>
    public uint IngressInterface { get; set; }

    /// <summary>Receive queue.</summary>
    public uint RxQueueIndex { get; set; }

    /// <summary>Must be 0.</summary>
    public uint EgressInterface { get; set; }

    /// <summary>A context for a packet of the given length without metadata.</summary>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="ingressInterface">Interface the packet seems to arrive on; 0 for none.</param>
    public static XdpContext For(int length, int ingressInterface = 0)
        => new() { DataEnd = (uint)length, IngressInterface = (uint)ingressInterface };
}
