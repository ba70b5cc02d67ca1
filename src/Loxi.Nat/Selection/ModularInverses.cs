namespace Loxi.Nat.Selection;

/// <summary>Multiplicative inverses modulo the sizes of Maglev tables, which are primes: made once for each size.</summary>
internal static class ModularInverses
{
    private static readonly Lazy<int[]> Small = new(() => Compute(MaglevSize.Small));
    private static readonly Lazy<int[]> Medium = new(() => Compute(MaglevSize.Medium));
    private static readonly Lazy<int[]> Large = new(() => Compute(MaglevSize.Large));

    /// <summary>For each number its inverse; 0 for 0.</summary>
    public static ReadOnlySpan<int> Of(int size) => size switch
    {
        MaglevSize.Small => Small.Value,
        MaglevSize.Medium => Medium.Value,
        _ => Large.Value,
    };

    // With p = q n + r: q n + r = 0, so 1/n = -q/r, where r is below n.
    private static int[] Compute(int prime)
    {
        var inverses = new int[prime];
        inverses[1] = 1;
        for (var n = 2; n < prime; n++)
        {
            inverses[n] = (int)((long)(prime - (prime / n)) * inverses[prime % n] % prime);
        }

        return inverses;
    }
}
