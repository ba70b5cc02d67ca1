using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class FamilyRib
{
    /// <summary>Takes a route from a peer.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="entry">Prefix and path identifier.</param>
    /// <param name="received">Its attributes; the caller keeps its reference.</param>
    internal void Announce(RibPeer peer, in NlriEntry entry, int received)
    {
        var prefix = Prefixes.FindOrAdd(entry.Prefix);
        var index = FindPath(prefix, peer.Number, entry.PathId, out var count);
        if (index == 0)
        {
            if (count >= MostPathsOfPeer)
            {
                return;
            }

            index = AddPath(prefix, peer.Number, entry.PathId);
            peer[Family].Received++;
        }
        else if (Paths[index].Received == received && (Paths[index].Flags & PathFlags.LongLivedStale) == 0)
        {
            // The same again: nothing changes but that it is not stale any more.
            Paths[index].Flags &= ~(PathFlags.Stale | PathFlags.Doomed);
            return;
        }

        ref var path = ref Paths[index];
        if (path.Received != received)
        {
            Attributes.AddReference(received);
            Attributes.Release(path.Received);
            path.Received = received;
        }

        path.Flags = peer.IsExternal ? PathFlags.External : PathFlags.None;
        Rejudge(peer, index);
    }

    internal void Withdraw(RibPeer peer, in NlriEntry entry)
    {
        var prefix = Prefixes.Find(entry.Prefix);
        if (prefix != 0 && FindPath(prefix, peer.Number, entry.PathId, out _) is var index and not 0)
        {
            RemovePath(index);
        }
    }

    /// <summary>Runs the import rules on a path and chooses anew where their outcome differs.</summary>
    private void Rejudge(RibPeer peer, int index)
    {
        ref var path = ref Paths[index];
        var (wasUsed, wasFlags) = (path.Used, path.Flags);
        var used = Judge(peer, ref path, out path.Rejection);
        if (used == wasUsed)
        {
            Attributes.Release(used);
            return;
        }

        peer[Family].Accepted += (used == 0 ? 0 : 1) - (wasUsed == 0 ? 0 : 1);
        path.Used = used;
        Attributes.Release(wasUsed);
        Reselect(path.Prefix, Prefixes[path.Prefix].Best == index);
    }

    private int FindPath(int prefix, ushort peer, uint pathId, out int count)
    {
        count = 0;
        for (var index = Prefixes[prefix].FirstPath; index != 0; index = Paths[index].Next)
        {
            ref var path = ref Paths[index];
            if (path.Peer == peer)
            {
                if (path.PathId == pathId)
                {
                    return index;
                }

                count++;
            }
        }

        return 0;
    }

    /// <returns>The attributes to use, a reference for the caller; 0 when the route is not usable.</returns>
    private int Judge(RibPeer peer, ref PathEntry path, out RouteRejection rejection)
    {
        var context = (uint)(path.Flags & (PathFlags.LongLivedStale | PathFlags.External));
        ref var memo = ref peer[Family].Memo;
        if (memo.Source == path.Received && memo.Context == context && !peer.Import.AsksForPrefix)
        {
            rejection = memo.Rejection;
            if (memo.Result != 0)
            {
                Attributes.AddReference(memo.Result);
            }

            return memo.Result;
        }

        rejection = Check(peer, path.Received, path.Flags);
        var result = rejection == RouteRejection.None ? Import(peer, ref path, out rejection) : 0;
        if (!peer.Import.AsksForPrefix)
        {
            memo.Set(Attributes, path.Received, context, result, rejection);
        }

        return result;
    }

    private RouteRejection Check(RibPeer peer, int received, PathFlags flags)
    {
        ref readonly var set = ref Attributes[received];
        var block = Attributes.Block(received);
        var path = block.AsPath;
        // RFC 4271 9.1.2. With local-as both numbers are ours.
        var allowed = peer.Settings.AllowOwnAs;
        if (path.Count(peer.LocalAs) > allowed || (Owner.Speaker.LocalAs != peer.LocalAs && path.Count(Owner.Speaker.LocalAs) > allowed))
        {
            return RouteRejection.AsLoop;
        }

        if ((set.Traits & AttributeTraits.OriginatorId) != 0 && set.OriginatorId == Owner.Identifier)
        {
            return RouteRejection.OriginatorLoop;
        }

        if (block.ClusterList.Contains(Owner.Identifier))
        {
            return RouteRejection.ClusterLoop;
        }

        // RFC 9234 5, ingress rules 1 and 2.
        if (block.OnlyToCustomer is { } marked && (peer.Session?.LocalRole is BgpRole.Provider or BgpRole.RouteServer
            || (peer.Session?.LocalRole is BgpRole.Peer && marked != peer.Settings.RemoteAs)))
        {
            return RouteRejection.RouteLeak;
        }

        if ((flags & PathFlags.LongLivedStale) != 0 && (set.Traits & AttributeTraits.NoLongLived) != 0)
        {
            return RouteRejection.NoLongLived;
        }

        return peer.Settings.IsClusterMember ? RouteRejection.ClusterMember : RouteRejection.None;
    }

    private int Import(RibPeer peer, ref PathEntry path, out RouteRejection rejection)
    {
        rejection = RouteRejection.None;
        ref readonly var set = ref Attributes[path.Received];
        var editor = Owner.Editor;
        editor.Load(Attributes.Block(path.Received), Attributes.NextHop(path.Received));
        // RFC 9234 5, ingress rule 3.
        if (peer.Session?.LocalRole is BgpRole.Customer or BgpRole.Peer or BgpRole.RouteServerClient && (set.Traits & AttributeTraits.OnlyToCustomer) == 0)
        {
            editor.SetNumber(AttributeType.OnlyToCustomer, peer.Settings.RemoteAs);
        }

        var route = new PolicyRoute(
            Prefixes[path.Prefix].ToPrefix(Family), peer.AddressPrefix, peer.IsExternal ? BgpRouteType.External : BgpRouteType.Internal, peer.LocalAs, CanPrepend: true);
        var verdict = peer.Import.Apply(route, editor);
        if (verdict == PolicyVerdict.Reject)
        {
            rejection = RouteRejection.Policy;
            return 0;
        }

        if (verdict == PolicyVerdict.Undecided && !(peer.Settings.ImportDefaultAccept ?? !peer.IsExternal))
        {
            rejection = RouteRejection.DefaultReject;
            return 0;
        }

        // RFC 8326 4.2: whatever a policy likes, a route that is about to go is the last choice.
        if (peer.IsExternal && (set.Traits & AttributeTraits.GracefulShutdown) != 0)
        {
            editor.SetNumber(AttributeType.LocalPreference, 0);
        }

        if ((path.Flags & PathFlags.LongLivedStale) != 0 && (set.Traits & AttributeTraits.LongLivedStale) == 0)
        {
            editor.ChangeCommunities(AttributeType.Communities, 4, LongLivedStaleCommunity);
        }

        if (!editor.IsChanged)
        {
            Attributes.AddReference(path.Received);
            return path.Received;
        }

        // A policy's "self" means nothing for a route that comes in.
        if (editor.NextHop.Kind == NextHopKind.None)
        {
            editor.SetNextHop(Attributes.NextHop(path.Received), isDecision: false);
        }

        return Attributes.Intern(editor.Block, editor.NextHop);
    }

    private static readonly CompiledCommunityAction LongLivedStaleCommunity =
        CompiledCommunityAction.Compile(new BgpCommunityAction(BgpCommunityMethod.Add, ["llgr-stale"]), CommunityKind.Standard)!;
}
