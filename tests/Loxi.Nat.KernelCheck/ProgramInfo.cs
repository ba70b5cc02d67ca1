using System.Runtime.InteropServices;

namespace Loxi.Nat.KernelCheck;

/// <summary>The part of the kernel's <c>struct bpf_prog_info</c> up to <c>verified_insns</c> (Linux 5.16); what is not read is left out.</summary>
[StructLayout(LayoutKind.Explicit, Size = 232)]
internal struct ProgramInfo
{
    [FieldOffset(16)]
    public uint JitedLength;

    [FieldOffset(20)]
    public uint TranslatedLength;

    [FieldOffset(216)]
    public uint VerifiedInstructions;
}
