namespace Loxi.Core.Roles;

/// <summary>Whose role keeps, or kept, the gates of a VIP group open: noted beside them, so that it outlives the process as they do.</summary>
/// <param name="Term">The low <see cref="TermBits"/> bits of the term of the role, not 0.</param>
/// <param name="Node">The number of the node, at most <see cref="GreatestNode"/>.</param>
/// <param name="AnswerUntil">Until when the gate for answers is open: a time of CLOCK_MONOTONIC; zero where it is closed.</param>
public readonly record struct GateOwner(uint Term, ushort Node, TimeSpan AnswerUntil)
{
    /// <summary>How many bits of a term are noted.</summary>
    public const int TermBits = 26;

    /// <summary>The greatest number of a node that can be noted.</summary>
    public const ushort GreatestNode = 63;

    private const ulong TermMask = (1UL << TermBits) - 1;

    /// <summary>The part of a term that is noted; 0 is noted for none.</summary>
    /// <param name="term">The term.</param>
    /// <returns>Its low bits.</returns>
    public static uint NotedOf(ulong term) => (uint)(term & TermMask);

    /// <summary>Whether it is the role of a term.</summary>
    /// <param name="term">The term.</param>
    /// <returns>True when what is noted is of it.</returns>
    public bool IsOf(ulong term) => Term != 0 && NotedOf(term) == Term;
}
