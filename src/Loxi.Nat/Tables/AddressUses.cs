namespace Loxi.Nat.Tables;

/// <summary>Who uses an address, by VIP group: nearly always one.</summary>
internal struct AddressUses
{
    private GroupUses[]? _groups;

    public RawAddressKey Key { get; set; }

    public RawAddress Written { get; set; }

    public bool Local { get; set; }

    /// <summary>Whether it is a node that may hand packets over in a tunnel.</summary>
    public bool Peer { get; set; }

    /// <summary>A source address of an earlier process that nobody has claimed yet.</summary>
    public RawAddress Adopted { get; set; }

    public ref GroupUses Of(byte group)
    {
        _groups ??= new GroupUses[1];
        var at = Array.FindIndex(_groups, u => u.Group == group && !u.IsEmpty);
        at = at >= 0 ? at : Array.FindIndex(_groups, static u => u.IsEmpty);
        if (at < 0)
        {
            at = _groups.Length;
            Array.Resize(ref _groups, at + 1);
        }

        _groups[at].Group = group;
        return ref _groups[at];
    }

    /// <summary>The group is that of the VIP or source address, else that of an endpoint; of several the one with the lowest number.</summary>
    public readonly RawAddress ToRaw()
    {
        uint flags = (Local ? (uint)Shared.AddressLocal : 0) | (Peer ? (uint)Shared.AddressPeer : 0);
        int ofVip = byte.MaxValue + 1, ofEndpoint = byte.MaxValue + 1;
        foreach (ref readonly var uses in _groups.AsSpan())
        {
            flags |= uses.Flags;
            ofVip = (uses.Flags & Shared.AddressVip) != 0 ? Math.Min(ofVip, uses.Group) : ofVip;
            ofEndpoint = uses.Endpoints > 0 ? Math.Min(ofEndpoint, uses.Group) : ofEndpoint;
        }

        if (ofVip > byte.MaxValue && Adopted.Flags != 0)
        {
            flags |= Adopted.Flags & (Shared.AddressVip | Shared.AddressSource);
            ofVip = (int)Adopted.VipGroup;
        }

        return new RawAddress { Flags = flags, VipGroup = (uint)(ofVip <= byte.MaxValue ? ofVip : ofEndpoint <= byte.MaxValue ? ofEndpoint : 0) };
    }
}

/// <summary>The users of an address in one VIP group.</summary>
internal struct GroupUses
{
    public byte Group;
    public int Vips;
    public int Sources;
    public int Endpoints;

    public readonly bool IsEmpty => Vips == 0 && Sources == 0 && Endpoints == 0;

    public readonly uint Flags =>
        (Vips > 0 || Sources > 0 ? Shared.AddressVip : 0u) | (Sources > 0 ? Shared.AddressSource : 0u) | (Endpoints > 0 ? Shared.AddressEndpoint : 0u);
}
