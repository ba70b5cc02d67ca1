using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class UpdateGroup
{
    private const uint OwnContext = 1;
    private const uint ExternalContext = 2;

    /// <summary>Compares what the group announces for a prefix with what it should, and logs the difference. Doing it twice changes nothing.</summary>
    internal void Export(int prefix)
    {
        if (Key.Paths > 1)
        {
            ExportPaths(prefix);
            return;
        }

        var best = _rib.Prefixes[prefix].Best;
        // A peer alone that sends a whole table is not told it: nothing is kept for that.
        if (best == 0 || (Members.Count == 1 && _rib.Paths[best].Peer == Members[0].Peer.Number))
        {
            Set(prefix, 0, 0, 0);
            return;
        }

        ref var path = ref _rib.Paths[best];
        Set(prefix, 0, Judge(prefix, ref path), path.Peer);
    }

    /// <summary>RFC 7911: the best ones, as many as the peers were promised; the identifier of each is its place in the slab.</summary>
    private void ExportPaths(int prefix)
    {
        var chosen = _rib.Ranked(prefix, Key.Paths);
        var next = 0;
        for (var index = _heads[prefix]; index != 0; index = next)
        {
            next = _routes[index].Next;
            var pathId = _routes[index].PathId;
            if (_routes[index].Attributes != 0 && chosen.IndexOf((int)pathId) < 0)
            {
                Set(prefix, pathId, 0, 0);
            }
        }

        foreach (var index in chosen)
        {
            ref var path = ref _rib.Paths[index];
            Set(prefix, (uint)index, Judge(prefix, ref path), path.Peer);
        }
    }

    /// <summary>What is announced of a path; 0 for nothing, else a reference for the caller.</summary>
    private int Judge(int prefix, ref PathEntry path)
    {
        var isOwn = path.Peer == 0;
        var isExternal = (path.Flags & PathFlags.External) != 0;
        // RFC 4271 9.2: what an iBGP peer said is not for other iBGP peers.
        if (!isOwn && !isExternal && !Key.IsExternal)
        {
            return 0;
        }

        var context = isOwn ? OwnContext | (path.PathId << 8) : isExternal ? ExternalContext : 0;
        if (_memo.Source == path.Used && _memo.Context == context && !Key.Export.AsksForPrefix)
        {
            if (_memo.Result != 0)
            {
                _rib.Attributes.AddReference(_memo.Result);
            }

            return _memo.Result;
        }

        var result = isOwn || IsAllowed(_rib.Attributes[path.Used].Traits) ? Transform(prefix, ref path, isOwn, isExternal) : 0;
        if (!Key.Export.AsksForPrefix)
        {
            _memo.Set(_rib.Attributes, path.Used, context, result, RouteRejection.None);
        }

        return result;
    }

    private bool IsAllowed(AttributeTraits traits)
    {
        // RFC 1997; RFC 9494 4.3: long-lived stale routes only to those who know what they are.
        if ((traits & AttributeTraits.NoAdvertise) != 0 || (Key.IsExternal && (traits & AttributeTraits.NoExport) != 0)
            || (!Key.LongLived && (traits & AttributeTraits.LongLivedStale) != 0))
        {
            return false;
        }

        // RFC 9234 5, egress rule 2: what has OTC goes down only.
        return (traits & AttributeTraits.OnlyToCustomer) == 0 || Key.Role is not (BgpRole.Customer or BgpRole.Peer or BgpRole.RouteServerClient);
    }

    private int Transform(int prefix, ref PathEntry path, bool isOwn, bool isExternal)
    {
        var editor = _rib.Owner.Editor;
        editor.Load(_rib.Attributes.Block(path.Used), _rib.Attributes.NextHop(path.Used));
        if (Key.IsExternal)
        {
            PrepareForExternal(editor, isOwn, path.PathId);
        }

        var type = isOwn ? BgpRouteType.Local : isExternal ? BgpRouteType.External : BgpRouteType.Internal;
        var route = new PolicyRoute(_rib.Prefixes[prefix].ToPrefix(_rib.Family), Key.Peer ?? default, type, Key.LocalAs, Key.IsExternal);
        var verdict = Key.Export.Apply(route, editor);
        // Own announcements need no policy; what was learned does (RFC 8212, and no transit by accident).
        if (verdict == PolicyVerdict.Reject || (verdict == PolicyVerdict.Undecided && !isOwn && !Key.AcceptByDefault))
        {
            return 0;
        }

        Finish(editor, isOwn);
        return editor.IsTooLong ? 0 : _rib.Attributes.Intern(editor.Block, editor.NextHop);
    }

    private void PrepareForExternal(RouteEditor editor, bool isOwn, uint extraPrepends)
    {
        if (!isOwn)
        {
            // RFC 4271 5.1.4: MED is not for the next AS but one. RFC 4456 8: these two stay in the AS. RFC 7311 3.3: AIGP is for peers that asked for it.
            editor.Remove(AttributeType.MultiExitDisc);
            editor.Remove(AttributeType.OriginatorId);
            editor.Remove(AttributeType.ClusterList);
            editor.RemoveNonTransitiveExtendedCommunities();
        }

        editor.Prepend(Key.LocalAs, isOwn ? 1 + (int)extraPrepends : 1);
        // RFC 9234 5, egress rule 1.
        if (Key.Role is BgpRole.Provider or BgpRole.Peer or BgpRole.RouteServer && editor.Block.OnlyToCustomer is null)
        {
            editor.SetNumber(AttributeType.OnlyToCustomer, Key.LocalAs);
        }
    }

    private void Finish(RouteEditor editor, bool isOwn)
    {
        editor.Remove(AttributeType.Aigp);
        if (Key.IsExternal)
        {
            // RFC 4271 5.1.5.
            editor.Remove(AttributeType.LocalPreference);
        }
        else if (editor.Block.LocalPreference is null)
        {
            editor.SetNumber(AttributeType.LocalPreference, BgpRib.DefaultLocalPreference);
        }

        // RFC 4271 5.1.3; a link-local next hop means nothing beyond its link.
        if (!editor.IsNextHopDecided && (Key.NextHopSelf || (Key.IsExternal && !isOwn) || editor.NextHop.IsLinkLocalOnly))
        {
            editor.SetNextHop(default, isDecision: false);
        }
    }
}
