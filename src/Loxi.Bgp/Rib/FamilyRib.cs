using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>Routes of one family: Adj-RIB-In and Loc-RIB as paths at their prefixes, Adj-RIB-Out as update groups.</summary>
internal sealed partial class FamilyRib
{
    /// <summary>Most paths of one prefix from one peer (RFC 7911 sets no bound): more are passed over, so that no prefix is a list without end.</summary>
    internal const int MostPathsOfPeer = 64;

    internal FamilyRib(BgpRib owner, BgpFamily family)
    {
        Owner = owner;
        Family = family;
    }

    internal BgpRib Owner { get; }

    internal BgpFamily Family { get; }

    internal AttributeStore Attributes => Owner.Attributes;

    internal PrefixTable Prefixes { get; } = new();

    internal Slab<PathEntry> Paths { get; } = new();

    internal List<UpdateGroup> Groups { get; } = [];

    /// <summary>Prefixes that have a best path.</summary>
    internal int BestCount { get; private set; }

    /// <summary>Whether learned routes wait to be chosen until peers have told theirs, after an own restart (RFC 4724 4.1).</summary>
    internal bool IsDeferring { get; private set; }

    /// <summary>Whether End-of-RIB must wait until they are chosen: it makes a peer drop what it kept of us and did not hear again.</summary>
    internal bool IsEndOfRibHeld { get; private set; }

    internal void FreeIfUnused(int prefix)
    {
        ref var entry = ref Prefixes[prefix];
        if (entry is { FirstPath: 0, Uses: 0 } && (entry.Flags & (PrefixFlags.Queued | PrefixFlags.Installed)) == 0)
        {
            Prefixes.Remove(prefix);
        }
    }

    /// <summary>Puts the peer into the update group of its kind.</summary>
    internal void Attach(RibPeer peer)
    {
        var output = new PeerOutput(this, peer);
        peer[Family].Output = output;
        var key = Owner.GroupKey(peer, Family);
        var group = Groups.Find(g => g.Key == key);
        if (group is null)
        {
            Groups.Add(group = new UpdateGroup(this, key));
        }

        output.Join(group);
    }

    internal void Detach(RibPeer peer)
    {
        if (peer[Family].Output is { } output)
        {
            peer[Family].Output = null;
            if (output.Group.Leave(output))
            {
                Groups.Remove(output.Group);
            }
        }
    }

    /// <summary>After a change of settings or policies: the peer's group follows, and sends what differs.</summary>
    internal void Rekey(RibPeer peer)
    {
        if (peer[Family].Output is not { } output)
        {
            return;
        }

        var key = Owner.GroupKey(peer, Family);
        var group = output.Group;
        if (group.Key == key)
        {
            return;
        }

        if (group.Members.TrueForAll(member => Owner.GroupKey(member.Peer, Family) == key))
        {
            group.Rekey(key);
            return;
        }

        var own = group.Split(output);
        Groups.Add(own);
        own.Rekey(key);
    }

    private int AddPath(int prefix, ushort peer, uint pathId)
    {
        var index = Paths.Allocate();
        ref var path = ref Paths[index];
        path.Prefix = prefix;
        path.Peer = peer;
        path.PathId = pathId;
        ref var entry = ref Prefixes[prefix];
        path.Next = entry.FirstPath;
        entry.FirstPath = index;
        return index;
    }

    /// <summary>Takes a path out and chooses anew.</summary>
    private void RemovePath(int index)
    {
        ref var path = ref Paths[index];
        var prefix = path.Prefix;
        ref var link = ref Prefixes[prefix].FirstPath;
        while (link != index)
        {
            link = ref Paths[link].Next;
        }

        link = path.Next;
        if (path.Peer != 0)
        {
            var numbers = Owner.Peer(path.Peer)[Family];
            numbers.Received--;
            numbers.Accepted -= path.Used == 0 ? 0 : 1;
        }

        var (received, used, isBest, wasUsable) = (path.Received, path.Used, Prefixes[prefix].Best == index, path.Used != 0);
        path.Received = path.Used = 0;
        if (isBest)
        {
            // Before the slot can be given out again under the same number.
            Prefixes[prefix].Best = 0;
            BestCount--;
        }

        Paths.Free(index);
        Attributes.Release(received);
        Attributes.Release(used);
        if (wasUsable)
        {
            Reselect(prefix, isBest);
        }

        FreeIfUnused(prefix);
    }
}
