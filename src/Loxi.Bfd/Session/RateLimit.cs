namespace Loxi.Bfd.Session;

/// <summary>Lets through a burst and then one per interval (a virtual-scheduling leaky bucket: one number of state).</summary>
internal struct RateLimit(int burst)
{
    // When the bucket will be empty again; not set before the first take, so that any clock may start anywhere.
    private long _emptyAt = long.MinValue;

    /// <summary>When the next one may be taken.</summary>
    public readonly long NextAt(long interval) => _emptyAt == long.MinValue ? long.MinValue : _emptyAt - ((burst - 1) * interval);

    public bool TryTake(long now, long interval)
    {
        if (now < NextAt(interval))
        {
            return false;
        }

        _emptyAt = Math.Max(_emptyAt, now) + interval;
        return true;
    }
}
