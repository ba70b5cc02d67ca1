using System.Buffers.Binary;
using Loxi.Linux.Sockets;

namespace Loxi.Tests.Shared;

/// <summary>Runs classic BPF programs as the kernel does, for tests of those who write them.</summary>
internal static class ClassicBpf
{
    private const uint NetworkHeader = 0xfff0_0000;

    /// <param name="program">The program.</param>
    /// <param name="packet">What is at offset 0.</param>
    /// <param name="network">What is at SKF_NET_OFF.</param>
    public static uint Run(ReadOnlySpan<BpfInstruction> program, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> network = default)
    {
        uint a = 0;
        for (var i = 0; ; i++)
        {
            var instruction = program[i];
            var k = instruction.Operand;
            switch (instruction.Code)
            {
                case 0x20 or 0x28 or 0x30:
                    var bytes = k >= NetworkHeader ? network : packet;
                    var offset = k >= NetworkHeader ? k - NetworkHeader : k;
                    var size = instruction.Code switch { 0x20 => 4u, 0x28 => 2u, _ => 1u };
                    if (offset + size > bytes.Length)
                    {
                        return 0;
                    }

                    var rest = bytes[(int)offset..];
                    a = size switch { 4 => BinaryPrimitives.ReadUInt32BigEndian(rest), 2 => BinaryPrimitives.ReadUInt16BigEndian(rest), _ => rest[0] };
                    break;
                case 0x80:
                    a = (uint)packet.Length;
                    break;
                case 0x54:
                    a &= k;
                    break;
                case 0x05:
                    i += (int)k;
                    break;
                case 0x06:
                    return k;
                case 0x15 or 0x25 or 0x35 or 0x45:
                    var holds = instruction.Code switch { 0x15 => a == k, 0x25 => a > k, 0x35 => a >= k, _ => (a & k) != 0 };
                    i += holds ? instruction.JumpTrue : instruction.JumpFalse;
                    break;
                default:
                    throw new InvalidOperationException($"Code {instruction.Code:x} at {i} is not one that the builder writes.");
            }
        }
    }
}
