namespace Loxi.Bgp.Rib;

internal sealed partial class UpdateGroup
{
    /// <summary>Gives a member a group of its own that has told it exactly what this one has: its rules are about to become others than those of the rest.</summary>
    internal UpdateGroup Split(PeerOutput member)
    {
        var own = new UpdateGroup(_rib, Key) { _populated = _populated };
        var copies = new int[_routes.End];
        for (var i = 1; i < _routes.End; i++)
        {
            ref var route = ref _routes[i];
            if (route.Prefix == 0 || (route.Attributes == 0 && Withdrawals.Position(route.Position) < member.WithdrawalCursor))
            {
                continue;
            }

            copies[i] = own.Copy(route);
            if (route.Attributes == 0)
            {
                own.LogWithdrawal(copies[i], ref own._routes[copies[i]]);
            }
            else if ((route.Flags & OutRouteFlags.Announcing) != 0 && Announcements.Position(route.Position) >= member.AnnouncementCursor)
            {
                own.LogAnnouncement(copies[i], ref own._routes[copies[i]]);
            }
        }

        member.MoveTo(own, copies);
        Members.Remove(member);
        Trim();
        return own;
    }

    private int Copy(in OutRoute route)
    {
        var index = _routes.Allocate();
        ref var copy = ref _routes[index];
        copy = route;
        copy.Flags &= OutRouteFlags.WithdrawAtSource;
        copy.Next = _heads[route.Prefix];
        _heads[route.Prefix] = index;
        _rib.Prefixes[route.Prefix].Uses++;
        if (route.Attributes != 0)
        {
            _rib.Attributes.AddReference(route.Attributes);
        }

        Count(ref copy, 1);

        return index;
    }
}
