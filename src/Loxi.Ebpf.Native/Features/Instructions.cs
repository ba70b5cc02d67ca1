namespace Loxi.Ebpf.Native.Features;

/// <summary>Tiny programs for probes: struct bpf_insn as one u64 (code, dst|src, off, imm from the low byte up; little endian hosts).</summary>
internal static class Instructions
{
    public static ulong[] ReturnZero() => [Move(0, 0), Exit];

    /// <summary>Calls a helper with constants and returns its result.</summary>
    public static ulong[] Call(int helper, params ReadOnlySpan<int> arguments)
    {
        List<ulong> code = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            code.Add(Move(i + 1, arguments[i]));
        }

        return [.. code, CallHelper(helper), Exit];
    }

    /// <summary>Calls a helper with the context and constants and returns its result.</summary>
    public static ulong[] CallWithContext(int helper, params ReadOnlySpan<int> arguments)
    {
        List<ulong> code = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            code.Add(Move(i + 2, arguments[i]));
        }

        return [.. code, CallHelper(helper), Exit];
    }

    /// <summary>Calls a helper with the context, 64 zeroed bytes of stack, their length and zero.</summary>
    public static ulong[] CallWithStack(int helper)
    {
        List<ulong> code = [];
        for (int offset = -64; offset < 0; offset += 8)
        {
            // BPF_ST | BPF_MEM | BPF_DW: *(u64 *)(r10 + offset) = 0
            code.Add(Encode(0x7a, 10, 0, (short)offset, 0));
        }

        // r2 = r10; r2 += -64
        return [.. code, Encode(0xbf, 2, 10, 0, 0), Encode(0x07, 2, 0, 0, -64), Move(3, 64), Move(4, 0), CallHelper(helper), Exit];
    }

    // BPF_ALU64 | BPF_MOV | BPF_K
    private static ulong Move(int register, int value) => Encode(0xb7, register, 0, 0, value);

    // BPF_JMP | BPF_CALL
    private static ulong CallHelper(int helper) => Encode(0x85, 0, 0, 0, helper);

    // BPF_JMP | BPF_EXIT
    private static ulong Exit => Encode(0x95, 0, 0, 0, 0);

    private static ulong Encode(byte code, int destination, int source, short offset, int immediate)
        => code | ((ulong)(byte)(destination | (source << 4)) << 8) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);
}
