namespace Loxi.Nat.Selection;

/// <summary>The sizes of Maglev tables and the choice among them: the smallest at which the loss of a member costs little.</summary>
/// <remarks>
/// When one of n equal members goes, its own slots must move; beyond them some more do. Measured share of all slots that move
/// beyond the lost member's own, mean over 1,000, 400 and 40 seeds (which member is lost varies with the seed):
/// <code>
/// 4,093 slots    members      4     7     8     9    16    64   128
///                extra %   0.39  0.87  0.99  1.06  1.44  2.38  3.50
/// 16,381 slots   members      8    16    32    40    44    48    64   256
///                extra %   0.42  0.67  0.87  0.94  0.98  1.00  1.08  1.91
/// 65,537 slots   members     32   100   256   352   384   512   700   768  1024  2048  4096
///                extra %   0.39  0.57  0.71  0.97  1.02  1.06  1.02  0.98  0.89  0.57  0.33
/// </code>
/// The large table is therefore slightly above 1 % between about 370 and 730 members, at most 1.06 %.
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
    public const int SmallMaxMembers = 8;

    /// <summary>Most members for which <see cref="For"/> picks <see cref="Medium"/>.</summary>
    public const int MediumMaxMembers = 44;

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
