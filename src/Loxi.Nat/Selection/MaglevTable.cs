using System.Collections.Immutable;

namespace Loxi.Nat.Selection;

/// <summary>An immutable Maglev table with the members that its slots point to. Services with the same members share one.</summary>
public sealed class MaglevTable
{
    private readonly ushort[] _slots;

    private MaglevTable(ImmutableArray<MaglevMember> members, ulong seed, ushort[] slots)
    {
        Members = members;
        Seed = seed;
        _slots = slots;
    }

    /// <summary>The members in canonical order; a slot holds an index into this list.</summary>
    public ImmutableArray<MaglevMember> Members { get; }

    /// <summary>The seed that the table was built with.</summary>
    public ulong Seed { get; }

    /// <summary>Number of slots: <see cref="MaglevSize.Small"/>, <see cref="MaglevSize.Medium"/> or <see cref="MaglevSize.Large"/>.</summary>
    public int Size => _slots.Length;

    /// <summary>Per slot the index of a member, or <see cref="Maglev.NoMember"/> in every slot when no member has a weight.</summary>
    public ReadOnlyMemory<ushort> Slots => _slots;

    /// <summary>Builds a table from members in any order.</summary>
    /// <param name="members">The members, at most <see cref="Maglev.MaxMembers"/>, none twice.</param>
    /// <param name="seed">The seed. Default <see cref="Maglev.DefaultSeed"/>.</param>
    /// <param name="size">Number of slots, one of <see cref="MaglevSize"/>; null picks by the number of members that have a weight.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="members"/> is null.</exception>
    /// <exception cref="ArgumentException">Too many members, the same address and port twice, or a size that is none.</exception>
    public static MaglevTable Create(IEnumerable<MaglevMember> members, ulong seed = Maglev.DefaultSeed, int? size = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        var sorted = members.Order().ToImmutableArray();
        if (sorted.Length > Maglev.MaxMembers)
        {
            throw new ArgumentException($"A Maglev table takes at most {Maglev.MaxMembers} members, got {sorted.Length}.", nameof(members));
        }

        var slots = new ushort[size ?? MaglevSize.For(sorted.Count(static member => member.Weight > 0))];
        Maglev.Build(sorted.AsSpan(), seed, slots);
        return new MaglevTable(sorted, seed, slots);
    }

    /// <summary>Finds the member that a flow hash selects: slot = hash mod size.</summary>
    /// <param name="flowHash">Hash of the flow.</param>
    /// <param name="member">The member, when there is one.</param>
    /// <returns>False when no member has a weight above zero.</returns>
    public bool TrySelect(uint flowHash, out MaglevMember member)
    {
        var index = _slots[flowHash % (uint)_slots.Length];
        member = index == Maglev.NoMember ? default : Members[index];
        return index != Maglev.NoMember;
    }
}
