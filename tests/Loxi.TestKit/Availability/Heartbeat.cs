namespace Loxi.TestKit.Availability;

/// <summary>When a process came to its turn, so that one that stood still does not take that for silence of others. May be used from any thread.</summary>
internal sealed class Heartbeat
{
    private const int Most = 4096;
    private readonly Queue<TimeSpan> _beats = new();
    private readonly Lock _gate = new();

    /// <summary>It runs.</summary>
    internal void Beat(TimeSpan now)
    {
        lock (_gate)
        {
            _beats.Enqueue(now);
            if (_beats.Count > Most)
            {
                _ = _beats.Dequeue();
            }
        }
    }

    /// <summary>The longest time without a beat between two moments, of which the first counts as a beat.</summary>
    internal TimeSpan LongestPause(TimeSpan from, TimeSpan to)
    {
        lock (_gate)
        {
            var (last, longest) = (from, TimeSpan.Zero);
            foreach (var beat in _beats.Where(beat => beat > from && beat < to).Append(to))
            {
                (last, longest) = (beat > last ? beat : last, beat - last > longest ? beat - last : longest);
            }

            return longest;
        }
    }
}
