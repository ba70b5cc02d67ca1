using System.Runtime.InteropServices;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>The Maglev tables in the kernel: one for each set of members, shared by the services that have it, freed with the last of them.</summary>
internal sealed class MaglevTables(MapOfMaps<uint> map, ulong seed) : IDisposable
{
    private const int Eperm = 1;

    private readonly Dictionary<Members, MaglevLease> _leases = [];
    private readonly HashSet<uint> _leased = [];
    private readonly Dictionary<uint, int> _adopted = [];
    private readonly MaglevPlaces _places = new(map);

    public int Count => _leases.Count;

    public MaglevPlaces Places => _places;

    /// <summary>Tables of an earlier process, each with the number of services that point to it.</summary>
    public void Adopt(IReadOnlyDictionary<uint, int> users)
    {
        foreach (var (index, count) in users)
        {
            _adopted[index] = count;
        }

        _places.Adopt(users.Keys.ToHashSet());
    }

    /// <summary>One service has been applied that pointed to an adopted table: it has a lease now, or does without.</summary>
    public void LeaveAdopted(uint index)
    {
        if (--_adopted[index] == 0)
        {
            _adopted.Remove(index);
            FreeIfUnused(index);
        }
    }

    /// <summary>The table of these members, made when there is none yet.</summary>
    /// <param name="members">The members in canonical order.</param>
    /// <param name="adopted">The table of an earlier process that the service points to: taken over when it holds what it should.</param>
    /// <exception cref="TableFullException">There are as many sets of members as the node can hold.</exception>
    public MaglevLease Take(MaglevMember[] members, uint? adopted = null)
    {
        var key = new Members(members);
        if (_leases.TryGetValue(key, out var lease))
        {
            lease.Users++;
            return lease;
        }

        var size = MaglevSize.For(members.Length);
        var table = Build(members, size);
        if (adopted is { } old && !_leased.Contains(old) && Holds(old, table))
        {
            return Lease(key, old, size);
        }

        if (!_places.TryPlace(table, out var index))
        {
            throw Full();
        }

        return Lease(key, index, size);
    }

    /// <summary>The most tables that there are at any time of a change: each service takes its new table before it gives up the old one.</summary>
    /// <param name="released">Given up first.</param>
    /// <param name="changes">Then, of one service after the other, what it gives up and the members of what it takes; no members for no table.</param>
    public int MostDuring(IEnumerable<MaglevLease> released, IEnumerable<(MaglevLease? Released, MaglevMember[] Taken)> changes)
    {
        var users = new Dictionary<Members, int>();
        var count = Count;
        void Add(Members members, int change)
        {
            var before = users.TryGetValue(members, out var known) ? known : _leases.GetValueOrDefault(members)?.Users ?? 0;
            users[members] = before + change;
            count += (before + change > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
        }

        foreach (var lease in released)
        {
            Add(lease.Members, -1);
        }

        // A change that takes no table needs no room, however many there are.
        var most = 0;
        foreach (var (old, taken) in changes)
        {
            if (taken.Length > 0)
            {
                Add(new Members(taken), +1);
                most = Math.Max(most, count);
            }

            if (old is not null)
            {
                Add(old.Members, -1);
            }
        }

        return most;
    }

    public void Release(MaglevLease lease)
    {
        if (--lease.Users == 0)
        {
            _leases.Remove(lease.Members);
            _leased.Remove(lease.Index);
            FreeIfUnused(lease.Index);
        }
    }

    public static TableFullException Full() => new("different sets of endpoints and weights of services with hash or persist selection", Shared.MaxMaglevTables);

    public void Dispose() => _places.Dispose();

    private MaglevLease Lease(Members members, uint index, int size)
    {
        var lease = new MaglevLease(members, index, (uint)size);
        _leases[members] = lease;
        _leased.Add(index);
        return lease;
    }

    private void FreeIfUnused(uint index)
    {
        if (!_leased.Contains(index) && !_adopted.ContainsKey(index))
        {
            _places.Return(index);
        }
    }

    /// <summary>The slots, four to an element.</summary>
    private RawMaglevSlots[] Build(MaglevMember[] members, int size)
    {
        var table = new RawMaglevSlots[(size + 3) / 4];
        Maglev.Build(members, seed, MemoryMarshal.Cast<RawMaglevSlots, ushort>(table.AsSpan())[..size]);
        return table;
    }

    private bool Holds(uint index, RawMaglevSlots[] table)
    {
        BpfMap? inner;
        try
        {
            inner = map.TryOpen(index);
        }
        catch (EbpfException e) when (e.Errno == Eperm)
        {
            // Opening by identifier needs CAP_SYS_ADMIN: without it the table is written anew.
            return false;
        }

        using (inner)
        {
            if (inner is null || inner.MaxEntries != table.Length)
            {
                return false;
            }

            var keys = new uint[table.Length];
            var values = new RawMaglevSlots[table.Length];
            var cursor = default(MapCursor);
            new TypedMap<uint, RawMaglevSlots>(inner).LookupBatch(ref cursor, keys, values, out var count);
            return count == table.Length && MemoryMarshal.AsBytes(values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(table.AsSpan()));
        }
    }

    internal sealed class Members(MaglevMember[] members) : IEquatable<Members>
    {
        private readonly MaglevMember[] _members = members;
        private readonly int _hash = Hash(members);

        public bool Equals(Members? other) => other is not null && _hash == other._hash && _members.AsSpan().SequenceEqual(other._members);

        public override bool Equals(object? obj) => Equals(obj as Members);

        public override int GetHashCode() => _hash;

        private static int Hash(MaglevMember[] members)
        {
            var hash = new HashCode();
            foreach (var member in members)
            {
                hash.Add(member);
            }

            return hash.ToHashCode();
        }
    }
}

/// <summary>A Maglev table in use by <see cref="Users"/> services.</summary>
internal sealed class MaglevLease(MaglevTables.Members members, uint index, uint size)
{
    public MaglevTables.Members Members { get; } = members;

    public uint Index { get; } = index;

    public uint Size { get; } = size;

    public int Users { get; set; } = 1;
}
