using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loxi.Benchmarks.Packets;

/// <summary>struct generator of bpf/generator.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GeneratorState
{
    public uint Flows;
    public uint Random;
    public uint Family;
    public uint Client;
    public uint Next;
    public uint State;
    public ulong Fence;
    public uint Reverse;
    public uint Resizes;
    public FrameBytes Frame;

    [InlineArray(Frames.Ipv6Length)]
    internal struct FrameBytes
    {
        private byte _first;
    }
}
