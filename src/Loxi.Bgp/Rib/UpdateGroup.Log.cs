namespace Loxi.Bgp.Rib;

internal sealed partial class UpdateGroup
{
    private const int SmallestCompaction = 1024;

    /// <summary>Gives up what every member has read.</summary>
    internal void Trim()
    {
        long announced = long.MaxValue, withdrawn = long.MaxValue;
        foreach (var member in Members)
        {
            announced = Math.Min(announced, member.AnnouncementCursor);
            withdrawn = Math.Min(withdrawn, member.WithdrawalCursor);
        }

        while (Announcements.Start < announced && Announcements.Start < Announcements.End)
        {
            var index = Announcements.RemoveFirst();
            if (index != 0)
            {
                _routes[index].Flags &= ~OutRouteFlags.Announcing;
            }
        }

        while (Withdrawals.Start < withdrawn && Withdrawals.Start < Withdrawals.End)
        {
            var index = Withdrawals.RemoveFirst();
            if (index != 0)
            {
                _routes[index].Flags &= ~OutRouteFlags.Withdrawing;
                Remove(index);
            }
        }
    }

    private void LogAnnouncement(int index, ref OutRoute route)
    {
        if ((route.Flags & OutRouteFlags.Withdrawing) != 0)
        {
            Withdrawals.Clear(route.Position);
            route.Flags &= ~OutRouteFlags.Withdrawing;
        }
        else if ((route.Flags & OutRouteFlags.Announcing) != 0)
        {
            if (Announcements.Position(route.Position) >= FurthestAnnouncement)
            {
                // Nobody has read it: what is sent is what it is then. A route that changes a million times has one place.
                return;
            }

            Announcements.Clear(route.Position);
        }

        if (Announcements.IsFull && Announcements.End - Announcements.Start > Math.Max(SmallestCompaction, 2 * Announcements.Live))
        {
            Compact(Announcements);
        }

        route.Flags |= OutRouteFlags.Announcing;
        route.Position = Announcements.Append(index);
        Signal();
    }

    private void LogWithdrawal(int index, ref OutRoute route)
    {
        if ((route.Flags & OutRouteFlags.Announcing) != 0)
        {
            Announcements.Clear(route.Position);
            route.Flags &= ~OutRouteFlags.Announcing;
        }

        if (Withdrawals.IsFull && Withdrawals.End - Withdrawals.Start > Math.Max(SmallestCompaction, 2 * Withdrawals.Live))
        {
            Compact(Withdrawals);
        }

        route.Flags |= OutRouteFlags.Withdrawing;
        route.Position = Withdrawals.Append(index);
        Signal();
    }

    /// <summary>Drops the empty places of a log that a slow member keeps long. Positions move on, those of the members by the same rule.</summary>
    private void Compact(ChangeLog log)
    {
        var isAnnouncements = log == Announcements;
        var end = log.End;
        var (furthest, movedFurthest) = (FurthestAnnouncement, -1L);
        var moved = new long[Members.Count];
        Array.Fill(moved, -1);
        for (var position = log.Start; position < end; position++)
        {
            for (var m = 0; m < moved.Length; m++)
            {
                if (position == Cursor(Members[m], isAnnouncements))
                {
                    moved[m] = log.End;
                }
            }

            if (position == furthest)
            {
                movedFurthest = log.End;
            }

            var index = log.RemoveFirst();
            if (index != 0)
            {
                _routes[index].Position = log.Append(index);
            }
        }

        // Who had read everything still has.
        for (var m = 0; m < moved.Length; m++)
        {
            var cursor = moved[m] < 0 ? log.End : moved[m];
            if (isAnnouncements)
            {
                Members[m].AnnouncementCursor = cursor;
            }
            else
            {
                Members[m].WithdrawalCursor = cursor;
            }
        }

        if (isAnnouncements)
        {
            FurthestAnnouncement = movedFurthest < 0 ? log.End : movedFurthest;
        }
    }

    private static long Cursor(PeerOutput member, bool isAnnouncements) => isAnnouncements ? member.AnnouncementCursor : member.WithdrawalCursor;
}
