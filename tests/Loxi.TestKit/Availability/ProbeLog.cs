namespace Loxi.TestKit.Availability;

/// <summary>Probes as they are sent and answered, by several threads.</summary>
/// <param name="period">Time between two of them.</param>
/// <param name="patience">Time in which an answer counts.</param>
/// <param name="areEnded">Whether each probe is ended by <see cref="End"/> as well: until then nothing is said of it.</param>
internal sealed class ProbeLog(TimeSpan period, TimeSpan patience, bool areEnded = false)
{
    private readonly List<(TimeSpan Sent, List<string>? Owners)> _probes = [];
    private readonly HashSet<int> _open = [];
    private readonly HashSet<int> _unknown = [];
    private readonly Lock _gate = new();

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _probes.Count;
            }
        }
    }

    /// <summary>Notes a probe that is about to be sent; returns its number.</summary>
    internal int Add()
    {
        lock (_gate)
        {
            _probes.Add((LabClock.Now, null));
            if (areEnded)
            {
                _open.Add(_probes.Count - 1);
            }

            return _probes.Count - 1;
        }
    }

    /// <summary>Notes an answer. False when it came too late, or to a probe that was never sent.</summary>
    internal bool Answer(int number, string owner, TimeSpan at)
    {
        lock (_gate)
        {
            if (number < 0 || number >= _probes.Count || at - _probes[number].Sent > patience)
            {
                return false;
            }

            var owners = _probes[number].Owners ?? [];
            if (!owners.Contains(owner))
            {
                owners.Add(owner);
                owners.Sort(StringComparer.Ordinal);
            }

            _probes[number] = (_probes[number].Sent, owners);
            return true;
        }
    }

    /// <summary>Nothing more will be noted of a probe.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="isKnown">Whether something is known of it: false when the prober itself stood still, and it counts as if it had not been sent.</param>
    internal void End(int number, bool isKnown)
    {
        lock (_gate)
        {
            _open.Remove(number);
            if (!isKnown)
            {
                _unknown.Add(number);
            }
        }
    }

    /// <summary>The last probe before <paramref name="at"/> whose number leaves <paramref name="rest"/> when it is divided by <paramref name="of"/>; -1 for none.</summary>
    internal int Find(int rest, int of, TimeSpan at)
    {
        // Kernel and process read the clock at different places.
        var latest = at + TimeSpan.FromMilliseconds(1);
        lock (_gate)
        {
            var number = _probes.Count - 1;
            number -= ((number - rest) % of + of) % of;
            while (number >= 0 && _probes[number].Sent > latest)
            {
                number -= of;
            }

            return number;
        }
    }

    /// <summary>What is known of the probes that can be answered no more.</summary>
    internal OwnerTimeline Read()
    {
        var decided = LabClock.Now - patience;
        lock (_gate)
        {
            var known = _probes.Index().TakeWhile(probe => probe.Item.Sent <= decided && !_open.Contains(probe.Index)).Where(probe => !_unknown.Contains(probe.Index));
            return new(known.Select(static probe => new ProbeOutcome(probe.Item.Sent, probe.Item.Owners is { } owners ? [.. owners] : [])), period);
        }
    }
}
