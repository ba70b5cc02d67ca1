namespace Loxi.Nat.Tables;

/// <summary>Ranges of ports as the prefixes that cover them exactly: the fewest that do, in ascending order.</summary>
internal static class PortRanges
{
    /// <summary>Most prefixes that one range takes: 1 to 65,534.</summary>
    public const int MostPrefixes = 30;

    private const int Bits = 16;

    /// <summary>The prefixes of a range.</summary>
    /// <param name="first">The first port.</param>
    /// <param name="last">The last port, not below the first.</param>
    public static IReadOnlyList<PortPrefix> Prefixes(ushort first, ushort last)
    {
        var prefixes = new List<PortPrefix>();
        for (int next = first; next <= last;)
        {
            // The largest block that begins here and ends within the range.
            var free = Math.Min(next == 0 ? Bits : System.Numerics.BitOperations.TrailingZeroCount(next), Bits);
            while (next + (1 << free) - 1 > last)
            {
                free--;
            }

            prefixes.Add(new PortPrefix((ushort)next, (byte)(Bits - free)));
            next += 1 << free;
        }

        return prefixes;
    }
}

/// <summary>All ports that begin with the first <paramref name="Bits"/> bits of <paramref name="Port"/>.</summary>
internal readonly record struct PortPrefix(ushort Port, byte Bits)
{
    public ushort Last => (ushort)(Port + (1 << (16 - Bits)) - 1);
}
