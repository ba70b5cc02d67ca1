using System.Buffers;
using System.Buffers.Binary;

namespace Loxi.Nat.Selection;

/// <summary>
/// Builds Maglev lookup tables (Eisenbud et al., NSDI 2016, 3.4) with weights. The table depends on the seed, the size and the
/// <em>set</em> of (address, port, weight) only, so that nodes that do not know each other choose the same endpoint for a flow.
/// </summary>
/// <remarks>
/// Each member prefers the slots in an order of its own, which depends on its address and port alone: with h and g = SipHash-2-4 of
/// the 16 address bytes and the big-endian port (keys: seed, seed xor 0x9E3779B97F4A7C15; for g the two swapped) and p slots, its
/// k-th choice is (c + 1/(b + k a)) mod p with a = 1 + (h mod 2^32) mod (p - 1), b = (h div 2^32) mod p, c = (g mod 2^32) mod p,
/// k = 0, 1, ..., and the inverse modulo p, where that of 0 is 0. (Arithmetic progressions, as in the paper, run through the same
/// slots one after the other when two strides are alike: one loss in a hundred then moved 2 % more, the worst 12 %; so it is 1.6 %.)
/// How many slots a member gets is decided before: size * weight / sum of weights, the remaining slots by largest remainder (ties in
/// canonical order), so that a share is never more than one slot from exact. The t-th turn of a member with weight w is at time t / w;
/// turns are taken in order of time, then in canonical order: whatever others come and go, two members take turns in the same order.
/// None of this may change: it is fixed by a golden test.
/// </remarks>
public static class Maglev
{
    /// <summary>The seed that every node uses unless told otherwise: the bytes of "LoxiMagl".</summary>
    public const ulong DefaultSeed = 0x4C6F78694D61676C;

    /// <summary>What each slot holds when no member has a weight above zero.</summary>
    public const ushort NoMember = ushort.MaxValue;

    /// <summary>Most members that one table takes.</summary>
    public const int MaxMembers = 4096;

    private const int IndexBits = 12;
    private const int MaxWeight = ushort.MaxValue;
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
        var quotas = ArrayPool<int>.Shared.Rent(count);
        var turns = ArrayPool<ulong>.Shared.Rent(2 * size);
        try
        {
            Apportion(members, sum, size, quotas.AsSpan(0, count));
            OrderTurns(members, quotas.AsSpan(0, count), turns.AsSpan(size, size), turns.AsSpan(0, size));
            Fill(members, seed, turns.AsSpan(0, size), table);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(quotas);
            ArrayPool<ulong>.Shared.Return(turns);
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

    // Largest remainder (Hamilton): no share is further than one slot from exact.
    private static void Apportion(ReadOnlySpan<MaglevMember> members, ulong sum, int size, Span<int> quotas)
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
                // Sorts by remainder, descending, then by index: the sum stays below 2^28, the index below 2^IndexBits.
                remainders[i] = ((sum - 1 - remainder) << IndexBits) | (uint)i;
            }

            remainders.AsSpan(0, members.Length).Sort();
            for (var i = 0; i < left; i++)
            {
                quotas[(int)(remainders[i] & (MaxMembers - 1))]++;
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(remainders);
        }
    }

    // Times differ by 2^-32 or not at all: rounded down to that they still sort exactly, with the index in the low bits. A pass by
    // rounds of the greatest weight does most of it, as no member has two turns in one round.
    private static void OrderTurns(ReadOnlySpan<MaglevMember> members, ReadOnlySpan<int> quotas, Span<ulong> unordered, Span<ulong> turns)
    {
        ulong greatest = 0;
        var count = 0;
        for (var i = 0; i < quotas.Length; i++)
        {
            ulong weight = members[i].Weight;
            greatest = Math.Max(greatest, weight);
            for (var turn = 1; turn <= quotas[i]; turn++)
            {
                unordered[count++] = ((((ulong)turn << 32) / weight) << IndexBits) | (uint)i;
            }
        }

        // A time is at most size / sum + 1 / weight, so there are fewer rounds than this.
        var rounds = turns.Length + MaxWeight + 2;
        var ends = ArrayPool<int>.Shared.Rent(rounds);
        try
        {
            SortByRound(unordered, greatest, ends.AsSpan(0, rounds), turns);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ends);
        }
    }

    private static void SortByRound(ReadOnlySpan<ulong> unordered, ulong greatest, Span<int> ends, Span<ulong> turns)
    {
        var last = 0;
        foreach (var turn in unordered)
        {
            last = Math.Max(last, RoundOf(turn, greatest));
        }

        ends = ends[..(last + 1)];
        ends.Clear();
        foreach (var turn in unordered)
        {
            ends[RoundOf(turn, greatest)]++;
        }

        var start = 0;
        foreach (ref var end in ends)
        {
            (start, end) = (start + end, start);
        }

        foreach (var turn in unordered)
        {
            turns[ends[RoundOf(turn, greatest)]++] = turn;
        }

        start = 0;
        foreach (var end in ends)
        {
            SortRound(turns[start..end]);
            start = end;
        }
    }

    private static int RoundOf(ulong turn, ulong greatest) => (int)(((turn >> IndexBits) * greatest) >> 32);

    // Members of equal weight are in order already.
    private static void SortRound(Span<ulong> turns)
    {
        for (var i = 1; i < turns.Length; i++)
        {
            if (turns[i - 1] > turns[i])
            {
                turns.Sort();
                return;
            }
        }
    }

    private static void Fill(ReadOnlySpan<MaglevMember> members, ulong seed, ReadOnlySpan<ulong> turns, Span<ushort> table)
    {
        var size = table.Length;
        var inverses = ModularInverses.Of(size);
        var walks = ArrayPool<Walk>.Shared.Rent(members.Length);
        try
        {
            for (var i = 0; i < members.Length; i++)
            {
                walks[i] = new Walk(members[i], seed, (uint)size);
            }

            foreach (var turn in turns)
            {
                var member = (int)(turn & (MaxMembers - 1));
                ref var walk = ref walks[member];
                int slot;
                do
                {
                    slot = walk.Next(inverses, size);
                }
                while (table[slot] != NoMember);

                table[slot] = (ushort)member;
            }
        }
        finally
        {
            ArrayPool<Walk>.Shared.Return(walks);
        }
    }

    // The slots as one member prefers them.
    private struct Walk
    {
        private readonly int _stride;
        private readonly int _shift;
        private int _place;

        public Walk(in MaglevMember member, ulong seed, uint size)
        {
            Span<byte> key = stackalloc byte[18];
            BinaryPrimitives.WriteUInt128BigEndian(key, member.Address);
            BinaryPrimitives.WriteUInt16BigEndian(key[16..], member.Port);
            var hash = SipHash.Compute(key, seed, seed ^ SecondKey);
            _stride = 1 + (int)((uint)hash % (size - 1));
            _place = (int)((uint)(hash >> 32) % size);
            _shift = (int)((uint)SipHash.Compute(key, seed ^ SecondKey, seed) % size);
        }

        public int Next(ReadOnlySpan<int> inverses, int size)
        {
            var slot = Wrap(inverses[_place] + _shift, size);
            _place = Wrap(_place + _stride, size);
            return slot;
        }

        private static int Wrap(int number, int size) => number >= size ? number - size : number;
    }
}
