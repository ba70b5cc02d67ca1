namespace Loxi.Nat.Selection;

/// <summary>The sizes of Maglev tables and the choice among them: the smallest at which the loss of a member costs little.</summary>
/// <remarks>
/// When one of n equal members goes, its own slots must move; beyond them some more do. Measured share of all slots that move
/// beyond the lost member's own, mean over 1,000, 1,500 and 100 seeds (which member is lost varies with the seed), and the worst of
/// them where it is the size in use:
/// <code>
/// 4,093 slots    members      3     4     5     6     7     8     9    16
///                mean %    0.31  0.54  0.72  0.85  0.96  1.04  1.13  1.46
///                worst %   0.73  1.10  1.20  1.44  1.54
/// 16,381 slots   members      8    16    32    40    44    46    48    64
///                mean %    0.51  0.70  0.89  0.96  0.99  0.98  1.01  1.08
///                worst %   0.73  0.87  1.09  1.22  1.21  1.20
/// 65,537 slots   members     64   128   256   330   380   420   480   640  1024  4096
///                mean %    0.49  0.59  0.71  0.92  0.95  0.95  0.91  0.79  0.57  0.17
///                worst %   0.54  0.63  0.79  0.97  1.07  1.05  1.04  0.85  0.61  0.21
/// </code>
/// So a size is the smallest of the three that moves at most 1 % more in the mean; it is never more than 0.95 % in the largest one.
/// With weights of 1 to 10 it is the same: 0.66 % in the mean and 1.6 % at worst with 3 to 8 members in 4,093 slots.
/// </remarks>
public static class MaglevSize
{
    /// <summary>Slots of the small table: 8,186 bytes.</summary>
    public const int Small = 4093;

    /// <summary>Slots of the medium table: 32,762 bytes.</summary>
    public const int Medium = 16381;

    /// <summary>Slots of the large table: 131,074 bytes.</summary>
    public const int Large = 65537;

    /// <summary>Most members for which <see cref="For"/> picks <see cref="Small"/>.</summary>
    public const int SmallMaxMembers = 7;

    /// <summary>Most members for which <see cref="For"/> picks <see cref="Medium"/>.</summary>
    public const int MediumMaxMembers = 46;

    /// <summary>Picks the table size for a number of members.</summary>
    /// <param name="memberCount">Members with a weight above zero, 0 to <see cref="Maglev.MaxMembers"/>.</param>
    /// <returns><see cref="Small"/>, <see cref="Medium"/> or <see cref="Large"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="memberCount"/> is outside its range.</exception>
    public static int For(int memberCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memberCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memberCount, Maglev.MaxMembers);
        return memberCount <= SmallMaxMembers ? Small : memberCount <= MediumMaxMembers ? Medium : Large;
    }

    /// <summary>Whether a number of slots is one of the three sizes.</summary>
    /// <param name="size">The number of slots.</param>
    /// <returns>True for <see cref="Small"/>, <see cref="Medium"/> and <see cref="Large"/>.</returns>
    public static bool IsSize(int size) => size is Small or Medium or Large;
}
