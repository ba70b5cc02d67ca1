using System.Runtime.InteropServices;

namespace Loxi.Samples.PacketCounter;

/// <summary>struct sighting of packet_counter.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Sighting
{
    public uint Protocol;
    public uint Length;
}
