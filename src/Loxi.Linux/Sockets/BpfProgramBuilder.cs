namespace Loxi.Linux.Sockets;

/// <summary>
/// Writes a classic BPF program with labels instead of distances. Conditional jumps reach only 255 instructions; longer ones are made of several.
/// Jumps go forward only, as the kernel demands. Loads beyond the packet end the program with 0.
/// </summary>
public sealed class BpfProgramBuilder
{
    /// <summary>Added to an offset it counts from the IP header (SKF_NET_OFF).</summary>
    public const uint NetworkHeader = 0xfff0_0000;

    private const ushort LoadWordCode = 0x20, LoadHalfCode = 0x28, LoadByteCode = 0x30, LoadLengthCode = 0x80, AndCode = 0x54, JumpCode = 0x05, ReturnCode = 0x06;
    private const int Reach = byte.MaxValue;

    private readonly List<Step> _steps = [];
    private readonly List<int> _labels = [];

    /// <summary>Makes a label, to be placed once by <see cref="Mark"/>.</summary>
    /// <returns>The label.</returns>
    public BpfLabel NewLabel()
    {
        _labels.Add(-1);
        return new BpfLabel(_labels.Count - 1);
    }

    /// <summary>Places a label at the next instruction.</summary>
    /// <param name="label">A label of this builder.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">It was placed before.</exception>
    public BpfProgramBuilder Mark(BpfLabel label)
    {
        if (_labels[label.Number] >= 0)
        {
            throw new InvalidOperationException($"Label {label.Number} is placed already.");
        }

        _labels[label.Number] = _steps.Count;
        return this;
    }

    /// <summary>A = one byte.</summary>
    /// <param name="offset">Where; see <see cref="NetworkHeader"/>.</param>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder LoadByte(uint offset) => Add(LoadByteCode, offset);

    /// <summary>A = two bytes, network order.</summary>
    /// <param name="offset">Where; see <see cref="NetworkHeader"/>.</param>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder LoadHalf(uint offset) => Add(LoadHalfCode, offset);

    /// <summary>A = four bytes, network order.</summary>
    /// <param name="offset">Where; see <see cref="NetworkHeader"/>.</param>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder LoadWord(uint offset) => Add(LoadWordCode, offset);

    /// <summary>A = length of the packet from offset 0.</summary>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder LoadLength() => Add(LoadLengthCode, 0);

    /// <summary>A = A and mask.</summary>
    /// <param name="mask">The bits to keep.</param>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder And(uint mask) => Add(AndCode, mask);

    /// <summary>Ends the program.</summary>
    /// <param name="value">Its answer: for a filter the bytes to keep, 0 for none.</param>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder Return(uint value) => Add(ReturnCode, value);

    /// <summary>Jumps to one of two places.</summary>
    /// <param name="comparison">What is asked of A.</param>
    /// <param name="operand">With what.</param>
    /// <param name="whenTrue">Where to go when it holds; null for the next instruction.</param>
    /// <param name="whenFalse">Where to go when it does not; null for the next instruction.</param>
    /// <returns>This builder.</returns>
    public BpfProgramBuilder JumpIf(BpfComparison comparison, uint operand, BpfLabel? whenTrue, BpfLabel? whenFalse)
    {
        _steps.Add(new Step((ushort)comparison, operand, whenTrue?.Number ?? Step.Next, whenFalse?.Number ?? Step.Next));
        return this;
    }

    /// <summary>Makes the program.</summary>
    /// <returns>Its instructions.</returns>
    /// <exception cref="InvalidOperationException">A label that is jumped to is not placed, or lies behind.</exception>
    public BpfInstruction[] Build()
    {
        // Every lengthening moves what comes after, which may put more out of reach.
        var isLong = new bool[_steps.Count];
        int[] places;
        do
        {
            places = Places(isLong);
        }
        while (Lengthen(isLong, places));

        var program = new List<BpfInstruction>(places[^1]);
        for (var i = 0; i < _steps.Count; i++)
        {
            var step = _steps[i];
            if (!step.IsConditional)
            {
                program.Add(new(step.Code, 0, 0, step.Operand));
            }
            else if (isLong[i])
            {
                program.Add(new(step.Code, 0, 1, step.Operand));
                program.Add(new(JumpCode, 0, 0, (uint)(Target(step.WhenTrue, i, places) - (places[i] + 2))));
                program.Add(new(JumpCode, 0, 0, (uint)(Target(step.WhenFalse, i, places) - (places[i] + 3))));
            }
            else
            {
                program.Add(new(step.Code, (byte)Distance(step.WhenTrue, i, places), (byte)Distance(step.WhenFalse, i, places), step.Operand));
            }
        }

        return [.. program];
    }

    private BpfProgramBuilder Add(ushort code, uint operand)
    {
        _steps.Add(new Step(code, operand, Step.None, Step.None));
        return this;
    }

    private int[] Places(bool[] isLong)
    {
        var places = new int[_steps.Count + 1];
        for (var i = 0; i < _steps.Count; i++)
        {
            places[i + 1] = places[i] + (isLong[i] ? 3 : 1);
        }

        return places;
    }

    private bool Lengthen(bool[] isLong, int[] places)
    {
        var hasChanged = false;
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].IsConditional && !isLong[i] && (Distance(_steps[i].WhenTrue, i, places) > Reach || Distance(_steps[i].WhenFalse, i, places) > Reach))
            {
                isLong[i] = true;
                hasChanged = true;
            }
        }

        return hasChanged;
    }

    private int Distance(int label, int step, int[] places) => Target(label, step, places) - (places[step] + 1);

    private int Target(int label, int step, int[] places)
    {
        var target = label == Step.Next ? step + 1 : _labels[label];
        return target > step ? places[target] : throw new InvalidOperationException($"Label {label} is not placed after instruction {step}.");
    }

    private readonly record struct Step(ushort Code, uint Operand, int WhenTrue, int WhenFalse)
    {
        internal const int Next = -1;
        internal const int None = -2;

        internal bool IsConditional => WhenTrue != None;
    }
}
