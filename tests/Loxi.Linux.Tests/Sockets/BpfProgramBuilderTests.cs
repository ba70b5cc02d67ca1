using CsCheck;
using FluentAssertions;
using Loxi.Linux.Sockets;
using Xunit;

namespace Loxi.Linux.Tests.Sockets;

public sealed class BpfProgramBuilderTests
{
    private static readonly byte[] Packet = [0x01, 0x02, 0x03, 0x04, 0x05];

    [Fact]
    public void Loads_ReadNetworkOrderAndTheIpHeader()
    {
        byte[] network = [0x45, 0xc0];

        Run(new BpfProgramBuilder().LoadByte(4), 0x05).Should().Be(1);
        Run(new BpfProgramBuilder().LoadHalf(1), 0x0203).Should().Be(1);
        Run(new BpfProgramBuilder().LoadWord(1), 0x02030405).Should().Be(1);
        Run(new BpfProgramBuilder().LoadLength(), 5).Should().Be(1);
        Run(new BpfProgramBuilder().LoadWord(0).And(0xff00), 0x0300).Should().Be(1);
        Run(new BpfProgramBuilder().LoadByte(BpfProgramBuilder.NetworkHeader + 1), 0xc0).Should().Be(1);
        Run(new BpfProgramBuilder().LoadWord(2), 0).Should().Be(0, "a load beyond the packet ends it");

        uint Run(BpfProgramBuilder builder, uint expected)
        {
            var differs = builder.NewLabel();
            builder.JumpIf(BpfComparison.Equal, expected, null, differs).Return(1).Mark(differs).Return(0);
            return ClassicBpf.Run(builder.Build(), Packet, network);
        }
    }

    [Theory]
    [InlineData(BpfComparison.Equal, 5, true)]
    [InlineData(BpfComparison.Equal, 6, false)]
    [InlineData(BpfComparison.Greater, 4, true)]
    [InlineData(BpfComparison.Greater, 5, false)]
    [InlineData(BpfComparison.GreaterOrEqual, 5, true)]
    [InlineData(BpfComparison.GreaterOrEqual, 6, false)]
    [InlineData(BpfComparison.AnyBit, 4, true)]
    [InlineData(BpfComparison.AnyBit, 10, false)]
    public void JumpIf_GoesWhereTheComparisonSays(BpfComparison comparison, uint operand, bool holds)
    {
        var builder = new BpfProgramBuilder();
        var yes = builder.NewLabel();
        builder.LoadByte(4).JumpIf(comparison, operand, yes, null).Return(0).Mark(yes).Return(1);

        ClassicBpf.Run(builder.Build(), Packet).Should().Be(holds ? 1u : 0u);
    }

    /// <summary>A search tree over many numbers has jumps of every length.</summary>
    [Fact]
    public void Build_Tree_FindsExactlyWhatIsInIt() => Gen.Select(Gen.UInt.HashSet[1, 900], Gen.UInt.Array[20]).Sample(
        static (numbers, others) =>
        {
            var sorted = numbers.Order().ToArray();
            var builder = new BpfProgramBuilder();
            var found = builder.NewLabel();
            builder.LoadWord(0);
            Search(builder, sorted, found);
            builder.Mark(found).Return(1);
            var program = builder.Build();
            foreach (var number in sorted.Concat(others))
            {
                var bytes = BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number));
                ClassicBpf.Run(program, bytes).Should().Be(numbers.Contains(number) ? 1u : 0u);
            }
        },
        iter: 200);

    [Fact]
    public void Build_JumpBackOrToNowhere_IsRefused()
    {
        var back = new BpfProgramBuilder();
        var label = back.NewLabel();
        back.Mark(label).LoadByte(0).JumpIf(BpfComparison.Equal, 1, label, null).Return(0);
        var nowhere = new BpfProgramBuilder();
        nowhere.LoadByte(0).JumpIf(BpfComparison.Equal, 1, nowhere.NewLabel(), null).Return(0);

        FluentActions.Invoking(back.Build).Should().Throw<InvalidOperationException>().WithMessage("Label 0 *");
        FluentActions.Invoking(nowhere.Build).Should().Throw<InvalidOperationException>().WithMessage("Label 0 *");
        FluentActions.Invoking(() => back.Mark(label)).Should().Throw<InvalidOperationException>().WithMessage("*already*");
    }

    private static void Search(BpfProgramBuilder builder, ReadOnlySpan<uint> sorted, BpfLabel found)
    {
        if (sorted.Length <= 2)
        {
            foreach (var number in sorted)
            {
                builder.JumpIf(BpfComparison.Equal, number, found, null);
            }

            builder.Return(0);
            return;
        }

        var middle = sorted.Length / 2;
        var upper = builder.NewLabel();
        builder.JumpIf(BpfComparison.GreaterOrEqual, sorted[middle], upper, null);
        Search(builder, sorted[..middle], found);
        builder.Mark(upper);
        Search(builder, sorted[middle..], found);
    }
}
