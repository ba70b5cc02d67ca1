namespace Loxi.Bfd.Transport;

/// <summary>How many packets without our discriminator are read: a burst, then so many in a second, both by the number of sessions. What is beyond waits in its own socket.</summary>
internal struct StrangerLimit
{
    private const int LeastPerSecond = 200;
    private const int LeastBurst = 64;

    // When all that was read will have been paid for.
    private long _paidAt;
    private long _interval;
    private long _burst;

    /// <summary>When reading may go on; not after now while it may.</summary>
    public readonly long NextAt => _paidAt - _burst;

    /// <summary>A peer that is down sends one packet in a second (RFC 5880 6.8.3), and a few when it changes its state.</summary>
    public void SetSessions(int count)
    {
        _interval = 1_000_000_000 / Math.Max(LeastPerSecond, 4 * count);
        _burst = _interval * Math.Max(LeastBurst, 2 * count);
    }

    public void Take(int count, long now) => _paidAt = Math.Max(_paidAt, now) + (count * _interval);
}
