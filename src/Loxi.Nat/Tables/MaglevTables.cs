using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>The Maglev tables in the kernel: one for each set of members, shared by the services that have it, freed with the last of them.</summary>
internal sealed class MaglevTables(MapOfMaps<uint> map, ulong seed)
{
    private readonly Dictionary<Members, MaglevLease> _leases = [];
    private readonly IndexAllocator _indices = new(Shared.MaxMaglevTables);

    public int Count => _leases.Count;

    /// <summary>Indices that adopted services use: they are given back when those services get tables of their own.</summary>
    public void Adopt(IReadOnlySet<uint> used) => _indices.Adopt(used);

    public void FreeAdopted(uint index)
    {
        map.TryRemove(index);
        _indices.Free(index);
    }

    /// <summary>The table of these members, made when there is none yet.</summary>
    /// <exception cref="TableFullException">There are as many sets of members as the node can hold.</exception>
    public MaglevLease Take(MaglevMember[] members)
    {
        var key = new Members(members);
        if (_leases.TryGetValue(key, out var lease))
        {
            lease.Users++;
            return lease;
        }

        if (!_indices.TryTake(out var index))
        {
            throw new TableFullException("different sets of members of services with hash selection", Shared.MaxMaglevTables);
        }

        var size = MaglevSize.For(members.Length);
        try
        {
            Write(index, members, size);
        }
        catch
        {
            _indices.Free(index);
            throw;
        }

        lease = new MaglevLease(key, index, (uint)size);
        _leases[key] = lease;
        return lease;
    }

    public void Release(MaglevLease lease)
    {
        if (--lease.Users == 0)
        {
            _leases.Remove(lease.Members);
            map.TryRemove(lease.Index);
            _indices.Free(lease.Index);
        }
    }

    private void Write(uint index, MaglevMember[] members, int size)
    {
        var elements = (size + 3) / 4;
        var table = new ushort[elements * 4];
        Maglev.Build(members, seed, table.AsSpan(0, size));
        var keys = new uint[elements];
        for (var i = 0; i < elements; i++)
        {
            keys[i] = (uint)i;
        }

        using var inner = BpfMap.Create(BpfMapType.Array, sizeof(uint), 8, (uint)elements, BpfMapFlags.InnerMap, "loxi_maglev");
        new TypedMap<uint, RawMaglevSlots>(inner).UpdateBatch(keys, MemoryMarshal.Cast<ushort, RawMaglevSlots>(table), out _);
        map.Set(index, inner);
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
