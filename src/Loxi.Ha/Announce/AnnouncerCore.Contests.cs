using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>How long a conflict lasts: a host that has an address says so seldom by itself, so it is asked.</content>
internal sealed partial class AnnouncerCore
{
    /// <summary>After how long without a claim the other host is asked, and again.</summary>
    private static readonly TimeSpan ContestAsk = TimeSpan.FromSeconds(5);

    /// <summary>After how long without a claim the conflict is over: two questions were not answered.</summary>
    private static readonly TimeSpan ContestOver = TimeSpan.FromSeconds(12);

    private readonly Dictionary<InternetAddress, TimeSpan> _contests = [];

    private TimeSpan ContestsDue
    {
        get
        {
            var due = TimeSpan.MaxValue;
            foreach (var at in _contests.Values)
            {
                due = at < due ? at : due;
            }

            return due;
        }
    }

    private void Contest(AddressState address, TimeSpan now)
    {
        address.ConflictSince ??= now;
        address.ClaimedAt = now;
        _contests[address.Value] = now + ContestAsk;
    }

    private void AskContests(TimeSpan now)
    {
        var asks = false;
        foreach (var (value, at) in _contests.Where(contest => now >= contest.Value).ToArray())
        {
            var isThere = _byAddress.TryGetValue(value, out var found);
            if (!isThere || !found.Group.IsMaster || found.Address.ConflictSince is null)
            {
                _contests.Remove(value);
            }
            else if (now >= found.Address.ClaimedAt + ContestOver)
            {
                _contests.Remove(value);
                found.Address.ConflictSince = null;
                AnnounceLog.ConflictOver(_logger, value.ToString(), found.Group.Name);
            }
            else
            {
                _contests[value] = at + ContestAsk < found.Address.ClaimedAt + ContestOver ? now + ContestAsk : found.Address.ClaimedAt + ContestOver;
                QueueProbe(found.Address);
                asks = true;
            }
        }

        if (asks)
        {
            Flush(isAnnouncement: false);
        }
    }
}
