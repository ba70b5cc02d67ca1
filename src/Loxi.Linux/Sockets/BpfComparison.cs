namespace Loxi.Linux.Sockets;

/// <summary>What a conditional jump of classic BPF asks of the accumulator; comparisons are unsigned.</summary>
public enum BpfComparison : ushort
{
    /// <summary>A equals the operand (jeq).</summary>
    Equal = 0x15,

    /// <summary>A is greater (jgt).</summary>
    Greater = 0x25,

    /// <summary>A is greater or equal (jge).</summary>
    GreaterOrEqual = 0x35,

    /// <summary>A has one of the operand's bits set (jset).</summary>
    AnyBit = 0x45,
}
