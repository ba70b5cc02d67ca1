using System.Runtime.InteropServices;

namespace Loxi.Bgp.Rib;

/// <summary>Adj-RIB-Out of peers that are told the same: policies run and attributes are made once for all of them.</summary>
internal sealed partial class UpdateGroup
{
    private readonly FamilyRib _rib;
    private readonly Slab<OutRoute> _routes = new();
    private readonly IndexMap _heads = new();
    private readonly Dictionary<ushort, int> _bySource = [];
    private int _announced;
    private JudgementMemo _memo;
    private int _populated;

    internal UpdateGroup(FamilyRib rib, UpdateGroupKey key)
    {
        _rib = rib;
        Key = key;
        _populated = rib.Prefixes.End > 1 ? 1 : 0;
    }

    internal UpdateGroupKey Key { get; private set; }

    internal AttributeStore Attributes => _rib.Attributes;

    internal List<PeerOutput> Members { get; } = [];

    internal ChangeLog Announcements { get; } = new();

    internal ChangeLog Withdrawals { get; } = new();

    /// <summary>The furthest that a member has read the announcements: an entry beyond need not be moved when it changes again.</summary>
    internal long FurthestAnnouncement { get; set; }

    /// <summary>Prefixes from here on, which were there before the group or before its rules changed, are still to be looked at.</summary>
    internal int Populated => IsPopulating ? _populated : _rib.Prefixes.End;

    /// <summary>Whether there are such prefixes.</summary>
    internal bool IsPopulating => _populated < _rib.Prefixes.End && _populated > 0;

    internal ref OutRoute Route(int index) => ref _routes[index];

    internal int FirstRoute(int prefix) => _heads[prefix];

    /// <summary>Routes that are announced to a peer.</summary>
    internal int Announced(ushort peer) => _announced - _bySource.GetValueOrDefault(peer);

    /// <summary>Changes the rules of all members; what differs for it is sent.</summary>
    internal void Rekey(UpdateGroupKey key)
    {
        Key = key;
        _memo.Clear(_rib.Attributes);
        _populated = 1;
        Signal();
    }

    /// <summary>Looks at some of the prefixes that are still to be looked at.</summary>
    internal void Populate(int budget)
    {
        var end = Math.Min(_rib.Prefixes.End, _populated + budget);
        for (; _populated < end; _populated++)
        {
            if ((_rib.Prefixes[_populated].Flags & PrefixFlags.Used) != 0)
            {
                Export(_populated);
            }
        }

        if (_populated >= _rib.Prefixes.End)
        {
            // From here on every change comes by itself.
            _populated = 0;
        }
    }

    internal void Join(PeerOutput member)
    {
        member.AnnouncementCursor = Announcements.End;
        member.WithdrawalCursor = Withdrawals.End;
        FurthestAnnouncement = Math.Max(FurthestAnnouncement, Announcements.End);
        Members.Add(member);
        if (Members.Count == 2)
        {
            // What the first one announces is for somebody now.
            _populated = 1;
        }

        IsSignalled = false;
        Signal();
    }

    /// <returns>True when nobody is left: the group is to be dropped.</returns>
    internal bool Leave(PeerOutput member)
    {
        Members.Remove(member);
        if (Members.Count == 0)
        {
            Clear();
            return true;
        }

        Trim();
        return false;
    }

    /// <summary>Whether every member's owner knows that there is output.</summary>
    internal bool IsSignalled { get; set; }

    /// <summary>Tells the caller that the members have output.</summary>
    internal void Signal()
    {
        if (IsSignalled)
        {
            return;
        }

        IsSignalled = true;
        foreach (var member in Members)
        {
            _rib.Owner.Signal(member.Peer);
        }
    }

    /// <summary>Sets what is announced for a prefix and path identifier.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="pathId">The path identifier, 0 without ADD-PATH.</param>
    /// <param name="attributes">The attributes, one reference of which is handed over; 0 for nothing.</param>
    /// <param name="source">The peer that it is learned from.</param>
    private void Set(int prefix, uint pathId, int attributes, ushort source)
    {
        var index = _heads[prefix];
        while (index != 0 && _routes[index].PathId != pathId)
        {
            index = _routes[index].Next;
        }

        if (index == 0)
        {
            if (attributes != 0)
            {
                Add(prefix, pathId, attributes, source);
            }

            return;
        }

        ref var route = ref _routes[index];
        if (route.Attributes == attributes && (attributes == 0 || route.Source == source))
        {
            _rib.Attributes.Release(attributes);
            return;
        }

        _rib.Attributes.Release(route.Attributes);
        Count(ref route, -1);
        if (attributes == 0)
        {
            route.Attributes = 0;
            LogWithdrawal(index, ref route);
            return;
        }

        if (route.Source != source)
        {
            route.Flags |= OutRouteFlags.WithdrawAtSource;
        }

        route.Attributes = attributes;
        route.Source = source;
        Count(ref route, 1);
        LogAnnouncement(index, ref route);
    }

    private void Add(int prefix, uint pathId, int attributes, ushort source)
    {
        var index = _routes.Allocate();
        ref var route = ref _routes[index];
        route.Prefix = prefix;
        route.PathId = pathId;
        route.Attributes = attributes;
        route.Source = source;
        Count(ref route, 1);
        route.Next = _heads[prefix];
        _heads[prefix] = index;
        _rib.Prefixes[prefix].Uses++;
        LogAnnouncement(index, ref route);
    }

    private void Count(ref OutRoute route, int change)
    {
        if (route.Attributes != 0)
        {
            _announced += change;
            CollectionsMarshal.GetValueRefOrAddDefault(_bySource, route.Source, out _) += change;
        }
    }

    /// <summary>Takes a withdrawn route out: every member has passed its withdrawal.</summary>
    private void Remove(int index)
    {
        ref var route = ref _routes[index];
        var prefix = route.Prefix;
        if (_heads[prefix] == index)
        {
            _heads[prefix] = route.Next;
        }
        else
        {
            var previous = _heads[prefix];
            while (_routes[previous].Next != index)
            {
                previous = _routes[previous].Next;
            }

            _routes[previous].Next = route.Next;
        }

        route.Flags = OutRouteFlags.None;
        _routes.Free(index);
        _rib.Prefixes[prefix].Uses--;
        _rib.FreeIfUnused(prefix);
    }

    private void Clear()
    {
        _memo.Clear(_rib.Attributes);
        for (var i = 1; i < _routes.End; i++)
        {
            ref var route = ref _routes[i];
            if (route.Prefix != 0)
            {
                _rib.Attributes.Release(route.Attributes);
                _rib.Prefixes[route.Prefix].Uses--;
                _rib.FreeIfUnused(route.Prefix);
            }
        }
    }
}
