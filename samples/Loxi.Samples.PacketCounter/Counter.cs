using System.Runtime.InteropServices;

namespace Loxi.Samples.PacketCounter;

/// <summary>struct counter of packet_counter.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Counter
{
    public ulong Packets;
    public ulong Bytes;
}
