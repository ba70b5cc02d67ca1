namespace Loxi.Nat.Tables;

/// <summary>
/// Weighted rotation: turn c takes position (c mod W) * stride mod W, where W is the sum of the weights, and the member that holds the
/// position. The stride has no divisor in common with W, so W turns take each position once: every member gets exactly its weight.
/// </summary>
internal static class MemberWeights
{
    /// <summary>
    /// Where each member's positions end; the last is W. Weights are divided by what they have in common, so that an exact share comes
    /// about in as few turns as can be.
    /// </summary>
    public static uint[] Ends(ReadOnlySpan<int> weights)
    {
        uint common = 0;
        foreach (var weight in weights)
        {
            common = CommonDivisor(common, (uint)weight);
        }

        var ends = new uint[weights.Length];
        uint sum = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = sum += (uint)weights[i] / common;
        }

        return ends;
    }

    /// <summary>A stride near the golden section of W, so that turns that follow each other are far apart and a heavy member has its own spread.</summary>
    public static uint Stride(uint total)
    {
        if (total <= 2)
        {
            return 1;
        }

        var section = (uint)(total * 0.6180339887498949);
        for (uint step = 0; ; step++)
        {
            if (section + step < total && CommonDivisor(section + step, total) == 1)
            {
                return section + step;
            }

            if (section > step && CommonDivisor(section - step, total) == 1)
            {
                return section - step;
            }
        }
    }

    private static uint CommonDivisor(uint left, uint right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
