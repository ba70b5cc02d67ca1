using Loxi.Bfd.Wire;
using Loxi.Linux.Sockets;

namespace Loxi.Bfd.Transport;

/// <summary>
/// Writes the classic BPF program that divides the datagrams of a port between its sockets before anybody is woken. It refuses only what every
/// session would discard (RFC 5880 6.8.6, RFC 5881 5); whoever reads still checks all.
/// </summary>
internal static class SelectorProgram
{
    private const uint TtlOffset = 8, HopLimitOffset = 7; // RFC 791 3.1, RFC 8200 3
    private const uint SourceOffset = 12, SourceTailOffset = 8 + 12;

    private const uint VersionMask = 0xe0, Version1 = 0x20;
    private const uint StateMask = 0xc0, StateDown = 0x40;
    private const uint StatePollFinalMask = 0xf0, UpWithoutPollAndFinal = 0xc0;
    private const int Leaf = 3;

    public static BpfInstruction[] Build(in SelectorInput input)
    {
        var builder = new BpfProgramBuilder();
        var (refused, stranger, known, isStranger) = (builder.NewLabel(), builder.NewLabel(), builder.NewLabel(), builder.NewLabel());

        // Length and TTL before the content, so that loads do not end the program, which would mean the first socket.
        builder.LoadLength().JumpIf(BpfComparison.GreaterOrEqual, BfdControlCodec.MandatoryLength, null, refused)
            .LoadByte(BpfProgramBuilder.NetworkHeader + (input.IsV6 ? HopLimitOffset : TtlOffset)).JumpIf(BpfComparison.GreaterOrEqual, (uint)input.MinimumTtl, null, refused)
            .LoadByte(0).And(VersionMask).JumpIf(BpfComparison.Equal, Version1, null, refused)
            .LoadByte(3).JumpIf(BpfComparison.GreaterOrEqual, BfdControlCodec.MandatoryLength, null, refused)
            .LoadWord(8).JumpIf(BpfComparison.Equal, 0, stranger, null);
        Search(builder, input.Discriminators, known, refused);

        builder.Mark(known).LoadByte(1).And(StatePollFinalMask);
        var urgent = builder.NewLabel();
        builder.JumpIf(BpfComparison.Equal, UpWithoutPollAndFinal, null, urgent).Return((uint)PacketClass.Steady)
            .Mark(urgent).Return((uint)PacketClass.Urgent);

        // RFC 5880 6.8.6: without a discriminator only Down and AdminDown.
        builder.Mark(stranger).LoadByte(1).And(StateMask).JumpIf(BpfComparison.Greater, StateDown, refused, null)
            .LoadWord(BpfProgramBuilder.NetworkHeader + (input.IsV6 ? SourceTailOffset : SourceOffset));
        Search(builder, input.Peers, isStranger, refused);
        builder.Mark(isStranger).Return((uint)PacketClass.Stranger)
            .Mark(refused).Return((uint)PacketClass.Refused);
        return builder.Build();
    }

    /// <summary>Jumps by whether A is among the numbers, by a tree: a linear search takes microseconds with hundreds of sessions.</summary>
    private static void Search(BpfProgramBuilder builder, IReadOnlyCollection<uint>? numbers, BpfLabel found, BpfLabel missing)
    {
        if (numbers is null)
        {
            builder.JumpIf(BpfComparison.GreaterOrEqual, 0, found, missing);
            return;
        }

        var sorted = numbers.Distinct().Order().ToArray();
        Search(builder, sorted, found, missing);
    }

    private static void Search(BpfProgramBuilder builder, ReadOnlySpan<uint> sorted, BpfLabel found, BpfLabel missing)
    {
        if (sorted.Length > Leaf)
        {
            var middle = sorted.Length / 2;
            var upper = builder.NewLabel();
            builder.JumpIf(BpfComparison.GreaterOrEqual, sorted[middle], upper, null);
            Search(builder, sorted[..middle], found, missing);
            builder.Mark(upper);
            Search(builder, sorted[middle..], found, missing);
            return;
        }

        for (var i = 0; i < sorted.Length - 1; i++)
        {
            builder.JumpIf(BpfComparison.Equal, sorted[i], found, null);
        }

        // The last one jumps either way: code goes on behind it.
        builder.JumpIf(sorted.IsEmpty ? BpfComparison.AnyBit : BpfComparison.Equal, sorted.IsEmpty ? 0 : sorted[^1], found, missing);
    }
}
