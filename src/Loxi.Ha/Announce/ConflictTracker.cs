using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>
/// Who else claims one address. Says when to raise the alarm and when to defend: RFC 5227 2.4 (c) gives up nothing, but must not answer more
/// often than seldom; once a second ends every loop between two hosts that both defend.
/// </summary>
internal sealed class ConflictTracker
{
    /// <summary>Hosts that are told apart; a flood of invented ones must not cost memory.</summary>
    internal const int MostHosts = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<LinkLayerAddress, Host> _hosts = [];
    private TimeSpan? _defendedAt;
    private TimeSpan? _otherAlarmAt;

    /// <summary>Claims of all hosts.</summary>
    internal long Total { get; private set; }

    /// <summary>Counts a claim.</summary>
    internal Verdict Observe(LinkLayerAddress mac, TimeSpan now)
    {
        Total++;
        var defend = _defendedAt is not { } defended || now - defended >= Interval;
        if (defend)
        {
            _defendedAt = now;
        }

        if (_hosts.TryGetValue(mac, out var host) || _hosts.Count < MostHosts)
        {
            host ??= _hosts[mac] = new Host();
            host.Count++;
            return new(IsDue(ref host.AlarmAt, now), defend, host.Count);
        }

        return new(IsDue(ref _otherAlarmAt, now), defend, 1);
    }

    private static bool IsDue(ref TimeSpan? last, TimeSpan now)
    {
        var due = last is not { } at || now - at >= Interval;
        last = due ? now : last;
        return due;
    }

    internal readonly record struct Verdict(bool Alarm, bool Defend, long Count);

    private sealed class Host
    {
#pragma warning disable SA1401 // taken by reference
        internal TimeSpan? AlarmAt;
#pragma warning restore SA1401

        internal long Count { get; set; }
    }
}
