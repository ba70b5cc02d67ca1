using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <content>Helper of a peer that restarts (RFC 4724 4.2, 8538, 9494 4.2).</content>
internal sealed partial class PeerSession
{
    private static readonly BgpFamily[] AllFamilies = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];

    /// <summary>The peer has sent all that it has of a family.</summary>
    internal ReadOnlySpan<SessionAction> EndOfRib(int connection, BgpFamily family, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { State: BgpState.Established } && _stale[(int)family].IsRefreshing)
        {
            Purge(family);
        }

        return End(now);
    }

    /// <summary>Whether routes of the family may be stale.</summary>
    internal bool IsStale(BgpFamily family) => _stale[(int)family].IsActive;

    private void GoDown(NegotiatedSession negotiated, KeepRule keep, TimeSpan now)
    {
        var isKept = keep switch
        {
            KeepRule.AfterLoss => negotiated.PeerGracefulRestart is not null,
            KeepRule.AfterNotification => negotiated.GracefulNotification,
            _ => false,
        };
        ImmutableArray<BgpFamily> kept = isKept ? [.. negotiated.Families.Where(family => IsKeepable(negotiated, family))] : [];
        ActOn(SessionActionKind.Down, kept);
        foreach (var family in AllFamilies)
        {
            if (kept.Contains(family))
            {
                BeginStale(negotiated, family, now);
            }
            else
            {
                _stale[(int)family].Clear();
            }
        }
    }

    private bool IsKeepable(NegotiatedSession negotiated, BgpFamily family)
        => RestartTime(negotiated, family) > TimeSpan.Zero || LongLivedTime(negotiated, family) > TimeSpan.Zero || _stale[(int)family].IsLongLived;

    private static TimeSpan RestartTime(NegotiatedSession negotiated, BgpFamily family)
        => negotiated.PeerGracefulRestart!.Families.Any(entry => entry.Family == family)
            ? TimeSpan.FromSeconds(negotiated.PeerGracefulRestart.RestartTime)
            : TimeSpan.Zero;

    private static TimeSpan LongLivedTime(NegotiatedSession negotiated, BgpFamily family)
        => TimeSpan.FromSeconds(negotiated.PeerLongLived.FirstOrDefault(entry => entry.Family == family).StaleTime);

    private void BeginStale(NegotiatedSession negotiated, BgpFamily family, TimeSpan now)
    {
        var stale = _stale[(int)family];
        stale.IsActive = true;
        stale.IsRefreshing = false;
        stale.LongLivedTime = LongLivedTime(negotiated, family);
        var restart = RestartTime(negotiated, family);
        stale.Deadline = now + restart;
        if (restart == TimeSpan.Zero)
        {
            // RFC 9494 4.2: without a restart time the long-lived period begins at once.
            ExpireRestart(family, now);
        }
    }

    private void TickStale(TimeSpan now)
    {
        foreach (var family in AllFamilies)
        {
            var stale = _stale[(int)family];
            if (now >= stale.LongLivedDeadline || (now >= stale.Deadline && stale.IsRefreshing))
            {
                Purge(family);
            }
            else if (now >= stale.Deadline)
            {
                ExpireRestart(family, now);
            }
        }
    }

    private void ExpireRestart(BgpFamily family, TimeSpan now)
    {
        var stale = _stale[(int)family];
        if (!stale.IsLongLived && stale.LongLivedTime == TimeSpan.Zero)
        {
            Purge(family);
            return;
        }

        stale.Deadline = TimeSpan.MaxValue;
        if (!stale.IsLongLived)
        {
            // RFC 9494 4.2: once it runs, it is not set anew before the peer has come back and synchronized.
            stale.IsLongLived = true;
            stale.LongLivedDeadline = now + stale.LongLivedTime;
        }

        ActOn(SessionActionKind.MarkLongLivedStale, [family]);
    }

    // The peer is back. What it does not say to have kept forwarding for is withdrawn at once.
    private void ReviewStale(NegotiatedSession negotiated, TimeSpan now)
    {
        foreach (var family in AllFamilies)
        {
            var stale = _stale[(int)family];
            if (!stale.IsActive)
            {
                continue;
            }

            if (!negotiated.Families.Contains(family) || !KeptForwarding(negotiated, family, stale.IsLongLived))
            {
                Purge(family);
                continue;
            }

            stale.IsRefreshing = true;
            stale.Deadline = now + EndOfRibTime;
        }
    }

    private static bool KeptForwarding(NegotiatedSession negotiated, BgpFamily family, bool isLongLived)
        => isLongLived
            ? negotiated.PeerLongLived.Any(entry => entry.Family == family && entry.Forwarding)
            : negotiated.PeerGracefulRestart is { } restart && restart.Families.Any(entry => entry.Family == family && entry.Forwarding);

    private void Purge(BgpFamily family)
    {
        ActOn(SessionActionKind.PurgeStale, [family]);
        _stale[(int)family].Clear();
    }

    private void PurgeAll()
    {
        foreach (var family in AllFamilies)
        {
            if (_stale[(int)family].IsActive)
            {
                Purge(family);
            }
        }
    }
}
