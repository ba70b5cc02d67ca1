using System.Buffers;
using System.Buffers.Binary;

namespace Loxi.Nat.Selection;

/// <summary>
/// Builds Maglev lookup tables (Eisenbud et al., NSDI 2016, 3.4) with weights. The table depends on the seed, the size and the
/// <em>set</em> of (address, port, weight) only, so that nodes that do not know each other choose the same endpoint for a flow.
/// </summary>
/// <remarks>
/// Each member walks a permutation of the slots that depends on its address and port alone: with h = SipHash-2-4 of the 16
/// address bytes and the big-endian port (key: seed, seed xor 0x9E3779B97F4A7C15), it starts at (h mod 2^32) mod size and steps
/// by 1 + (h div 2^32) mod (size - 1). How many slots it gets is decided before: size * weight / sum of weights, the remaining
/// slots by largest remainder (ties in canonical order), so that a share is never more than one slot from exact. Members take
/// turns in proportion to that number, in canonical order. None of this may change: it is fixed by a golden test.
/// </remarks>
public static class Maglev
{
    /// <summary>The seed that every node uses unless told otherwise: the bytes of "LoxiMagl".</summary>
    public const ulong DefaultSeed = 0x4C6F78694D61676C;

    /// <summary>What each slot holds when no member has a weight above zero.</summary>
    public const ushort NoMember = ushort.MaxValue;

    /// <summary>Most members that one table takes.</summary>
    public const int MaxMembers = 4096;

    private const ulong SecondKey = 0x9E3779B97F4A7C15;

    /// <summary>Fills a table. Allocates nothing that lasts.</summary>
    /// <param name="members">The members, strictly ascending in canonical order, at most <see cref="MaxMembers"/>.</param>
    /// <param name="seed">The seed, <see cref="DefaultSeed"/> unless configured.</param>
    /// <param name="table">Receives per slot an index into <paramref name="members"/>; its length is a prime of <see cref="MaglevSize"/>.</param>
    /// <exception cref="ArgumentException">Too many members, members out of order or twice, or a length that is not a Maglev size.</exception>
    public static void Build(ReadOnlySpan<MaglevMember> members, ulong seed, Span<ushort> table)
    {
        Check(members, table.Length);
        table.Fill(NoMember);
        ulong sum = 0;
        foreach (var member in members)
        {
            sum += member.Weight;
        }

        if (sum == 0)
        {
            return;
        }

        var size = table.Length;
        var count = members.Length;
        var scratch = ArrayPool<int>.Shared.Rent((3 * count) + size + 2);
        var turns = ArrayPool<ushort>.Shared.Rent(size);
        try
        {
            var quotas = scratch.AsSpan(0, count);
            var largest = Apportion(members, sum, size, quotas);
            OrderTurns(quotas, largest, scratch.AsSpan(3 * count, largest + 2), turns.AsSpan(0, size));
            Fill(members, seed, turns.AsSpan(0, size), scratch.AsSpan(count, count), scratch.AsSpan(2 * count, count), table);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(scratch);
            ArrayPool<ushort>.Shared.Return(turns);
        }
    }

    private static void Check(ReadOnlySpan<MaglevMember> members, int size)
    {
        if (members.Length > MaxMembers)
        {
            throw new ArgumentException($"A Maglev table takes at most {MaxMembers} members, got {members.Length}.", nameof(members));
        }

        if (!MaglevSize.IsSize(size))
        {
            throw new ArgumentException($"A Maglev table has {MaglevSize.Small}, {MaglevSize.Medium} or {MaglevSize.Large} slots, got {size}.", nameof(size));
        }

        for (var i = 1; i < members.Length; i++)
        {
            if (members[i - 1] >= members[i])
            {
                throw new ArgumentException($"Maglev members must be ascending and distinct, {members[i]} follows {members[i - 1]}.", nameof(members));
            }
        }
    }

    // Largest remainder (Hamilton): no share is further than one slot from exact. Returns the largest quota.
    private static int Apportion(ReadOnlySpan<MaglevMember> members, ulong sum, int size, Span<int> quotas)
    {
        var remainders = ArrayPool<ulong>.Shared.Rent(members.Length);
        try
        {
            var left = size;
            for (var i = 0; i < members.Length; i++)
            {
                var (quota, remainder) = Math.DivRem((ulong)size * members[i].Weight, sum);
                quotas[i] = (int)quota;
                left -= (int)quota;
                // Sorts by remainder, descending, then by index: the sum stays below 2^28, the index below 2^12.
                remainders[i] = ((sum - 1 - remainder) << 12) | (uint)i;
            }

            remainders.AsSpan(0, members.Length).Sort();
            for (var i = 0; i < left; i++)
            {
                quotas[(int)(remainders[i] & 0xfff)]++;
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(remainders);
        }

        var largest = 0;
        foreach (var quota in quotas)
        {
            largest = Math.Max(largest, quota);
        }

        return largest;
    }

    // The k-th turn of a member with quota q falls in round ceil(k * largest / q): a counting sort by round, canonical order within.
    private static void OrderTurns(ReadOnlySpan<int> quotas, int largest, Span<int> starts, Span<ushort> turns)
    {
        starts.Clear();
        foreach (var quota in quotas)
        {
            var round = new RoundCounter(quota, largest);
            for (var k = 0; k < quota; k++)
            {
                starts[round.Next() + 1]++;
            }
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (var i = 0; i < quotas.Length; i++)
        {
            var round = new RoundCounter(quotas[i], largest);
            for (var k = 0; k < quotas[i]; k++)
            {
                turns[starts[round.Next()]++] = (ushort)i;
            }
        }
    }

    private static void Fill(
        ReadOnlySpan<MaglevMember> members, ulong seed, ReadOnlySpan<ushort> turns, Span<int> next, Span<int> step, Span<ushort> table)
    {
        Span<byte> key = stackalloc byte[18];
        var size = (uint)table.Length;
        for (var i = 0; i < members.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(key, members[i].Address);
            BinaryPrimitives.WriteUInt16BigEndian(key[16..], members[i].Port);
            var hash = SipHash.Compute(key, seed, seed ^ SecondKey);
            next[i] = (int)((uint)hash % size);
            step[i] = 1 + (int)((uint)(hash >> 32) % (size - 1));
        }

        foreach (var member in turns)
        {
            var slot = next[member];
            var stride = step[member];
            while (table[slot] != NoMember)
            {
                slot = Advance(slot, stride, table.Length);
            }

            table[slot] = member;
            next[member] = Advance(slot, stride, table.Length);
        }
    }

    private static int Advance(int slot, int stride, int size)
    {
        slot += stride;
        return slot >= size ? slot - size : slot;
    }

    // ceil(k * largest / quota) for k = 1, 2, ... without a division per turn.
    private ref struct RoundCounter(int quota, int largest)
    {
        private readonly int _quota = quota;
        private readonly int _whole = quota == 0 ? 0 : largest / quota;
        private readonly int _part = quota == 0 ? 0 : largest % quota;
        private int _round;
        private int _slack;

        public int Next()
        {
            _round += _whole;
            _slack -= _part;
            if (_slack < 0)
            {
                _round++;
                _slack += _quota;
            }

            return _round;
        }
    }
}
