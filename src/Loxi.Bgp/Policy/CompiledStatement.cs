using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Policy;

/// <summary>A statement whose sets are looked up and compiled.</summary>
internal sealed class CompiledStatement
{
    private readonly BgpPolicyConditions _conditions;
    private readonly BgpPolicyActions _actions;
    private readonly PrefixMatcher? _prefixes;
    private readonly PrefixMatcher? _peers;
    private readonly PrefixMatcher? _nextHops;
    private readonly AsPathMatcher? _asPaths;
    private readonly CommunityMatcher? _communities;
    private readonly CommunityMatcher? _extended;
    private readonly CommunityMatcher? _large;
    private readonly CompiledCommunityAction? _setCommunities;
    private readonly CompiledCommunityAction? _setExtended;
    private readonly CompiledCommunityAction? _setLarge;

    internal CompiledStatement(BgpPolicyStatement statement, PolicySets sets)
    {
        _conditions = statement.Conditions;
        _actions = statement.Actions;
        _prefixes = sets.Prefixes(_conditions.PrefixSet);
        _peers = sets.Peers(_conditions.PeerSet);
        _nextHops = _conditions.NextHops.IsEmpty ? null : PrefixMatcher.Of(_conditions.NextHops);
        _asPaths = sets.AsPaths(_conditions.AsPathSet);
        _communities = sets.Communities(_conditions.CommunitySet, CommunityKind.Standard);
        _extended = sets.Communities(_conditions.ExtendedCommunitySet, CommunityKind.Extended);
        _large = sets.Communities(_conditions.LargeCommunitySet, CommunityKind.Large);
        _setCommunities = CompiledCommunityAction.Compile(_actions.Communities, CommunityKind.Standard);
        _setExtended = CompiledCommunityAction.Compile(_actions.ExtendedCommunities, CommunityKind.Extended);
        _setLarge = CompiledCommunityAction.Compile(_actions.LargeCommunities, CommunityKind.Large);
    }

    internal bool AsksForPrefix => _prefixes is not null;

    internal bool AsksForPeer => _peers is not null;

    internal PolicyVerdict Apply(in PolicyRoute route, RouteEditor editor)
    {
        if (!Matches(route, editor))
        {
            return PolicyVerdict.Undecided;
        }

        if (_actions.Disposition == BgpRouteDisposition.Reject)
        {
            return PolicyVerdict.Reject;
        }

        Change(route, editor);
        return _actions.Disposition == BgpRouteDisposition.Accept ? PolicyVerdict.Accept : PolicyVerdict.Undecided;
    }

    private static bool Compare(uint value, BgpAsPathLength condition) => condition.Comparison switch
    {
        BgpComparison.AtLeast => value >= condition.Value,
        BgpComparison.AtMost => value <= condition.Value,
        _ => value == condition.Value,
    };

    private static Prefix AddressOf(in NextHop nextHop)
        => nextHop.Kind == NextHopKind.Ipv4 ? new(BgpFamily.Ipv4Unicast, 32, nextHop.Address) : new(BgpFamily.Ipv6Unicast, 128, nextHop.Address);

    private bool Matches(in PolicyRoute route, RouteEditor editor)
    {
        if ((_prefixes is not null && _prefixes.Matches(route.Prefix) == (_conditions.PrefixSet!.Option == BgpMatchOption.Invert))
            || (_peers is not null && _peers.Matches(route.Peer) == (_conditions.PeerSet!.Option == BgpMatchOption.Invert))
            || (_conditions.RouteType is { } type && type != route.Type)
            || (!_conditions.Families.IsEmpty && !_conditions.Families.Contains(route.Prefix.Family))
            || (_nextHops is not null && (editor.NextHop.Kind == NextHopKind.None || !_nextHops.Matches(AddressOf(editor.NextHop)))))
        {
            return false;
        }

        return (_conditions.AsPathLength is null || Compare((uint)editor.Block.AsPath.Length, _conditions.AsPathLength))
            && (_asPaths is null || _asPaths.Matches(editor.Block.AsPath, _conditions.AsPathSet!.Option))
            && (_communities is null || _communities.Matches(editor.Block.Get(AttributeType.Communities), _conditions.CommunitySet!.Option))
            && (_extended is null || _extended.Matches(editor.Block.Get(AttributeType.ExtendedCommunities), _conditions.ExtendedCommunitySet!.Option))
            && (_large is null || _large.Matches(editor.Block.Get(AttributeType.LargeCommunities), _conditions.LargeCommunitySet!.Option));
    }

    private void Change(in PolicyRoute route, RouteEditor editor)
    {
        if (_actions.Med is { } med)
        {
            var present = editor.Block.Med ?? 0;
            editor.SetNumber(AttributeType.MultiExitDisc, med.Method switch
            {
                BgpMedMethod.Add => present > uint.MaxValue - med.Value ? uint.MaxValue : present + med.Value,
                BgpMedMethod.Subtract => present < med.Value ? 0 : present - med.Value,
                _ => med.Value,
            });
        }

        if (_actions.LocalPreference is { } preference)
        {
            editor.SetNumber(AttributeType.LocalPreference, preference);
        }

        if (_actions.NextHop is { } nextHop)
        {
            SetNextHop(nextHop, route.Prefix.Family, editor);
        }

        Change(_setCommunities, CommunityKind.Standard, editor);
        Change(_setExtended, CommunityKind.Extended, editor);
        Change(_setLarge, CommunityKind.Large, editor);
        if (_actions.Prepend is { } prepend && route.CanPrepend)
        {
            editor.Prepend(prepend.As ?? editor.Block.AsPath.First ?? route.LocalAs, prepend.Count);
        }
    }

    private static void Change(CompiledCommunityAction? action, CommunityKind kind, RouteEditor editor)
    {
        if (action is not null)
        {
            editor.ChangeCommunities(CommunityText.Attribute(kind), CommunityText.Width(kind), action);
        }
    }

    private static void SetNextHop(BgpNextHopAction action, BgpFamily family, RouteEditor editor)
    {
        switch (action.Method)
        {
            case BgpNextHopMethod.Self:
                editor.SetNextHop(default, isDecision: true);
                return;
            case BgpNextHopMethod.Unchanged:
                editor.SetNextHop(editor.NextHop, isDecision: true);
                return;
            default:
                var nextHop = NextHop.From(action.Address!);
                if (nextHop.Kind == (family == BgpFamily.Ipv4Unicast ? NextHopKind.Ipv4 : NextHopKind.Ipv6))
                {
                    editor.SetNextHop(nextHop, isDecision: true);
                }

                return;
        }
    }
}
