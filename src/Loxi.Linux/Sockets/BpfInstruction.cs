using System.Runtime.InteropServices;

namespace Loxi.Linux.Sockets;

/// <summary>One instruction of a classic BPF socket filter (struct sock_filter), as <c>tcpdump -dd</c> prints them.</summary>
/// <param name="Code">Operation.</param>
/// <param name="JumpTrue">Instructions to skip when a comparison holds.</param>
/// <param name="JumpFalse">Instructions to skip when it does not.</param>
/// <param name="Operand">The operand k.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand)
{
    /// <summary>A filter of this alone keeps everything out.</summary>
    public static BpfInstruction RejectAll => new(0x06, 0, 0, 0);
}
