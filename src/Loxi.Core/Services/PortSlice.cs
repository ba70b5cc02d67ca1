namespace Loxi.Core.Services;

/// <summary>
/// The source ports that a node may give: a share of 1024 to 65535, without gaps, that no other node has. Two nodes with the same number
/// of slices and different indices never give the same port.
/// </summary>
/// <param name="Index">Which slice, from 0.</param>
/// <param name="Count">How many slices there are, 1 to <see cref="MaxCount"/>.</param>
public readonly record struct PortSlice(int Index, int Count)
{
    /// <summary>The lowest port that is given.</summary>
    public const int FirstPort = 1024;

    /// <summary>How many ports there are in all slices together.</summary>
    public const int Ports = 64_512;

    /// <summary>Most slices: 63 ports in each.</summary>
    public const int MaxCount = 1024;

    /// <summary>All ports in one slice: a node alone.</summary>
    public static PortSlice Whole { get; } = new(0, 1);

    /// <summary>Whether there is such a slice.</summary>
    public bool IsValid => Count is >= 1 and <= MaxCount && Index >= 0 && Index < Count;

    /// <summary>The lowest port of the slice.</summary>
    /// <exception cref="DivideByZeroException">The slice is the default value, which is not valid.</exception>
    public int First => FirstPort + (int)((long)Index * Ports / Count);

    /// <summary>How many ports the slice has.</summary>
    /// <exception cref="DivideByZeroException">The slice is the default value, which is not valid.</exception>
    public int Length => FirstPort + (int)((Index + 1L) * Ports / Count) - First;

    /// <summary>E.g. <c>1/2 (33280-65535)</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => IsValid ? $"{Index}/{Count} ({First}-{First + Length - 1})" : $"{Index}/{Count}";
}
