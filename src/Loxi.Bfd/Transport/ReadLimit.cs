namespace Loxi.Bfd.Transport;

/// <summary>How many datagrams of a kind are read: a burst, then so many in a second. What is beyond waits in its own socket.</summary>
internal struct ReadLimit
{
    // When all that was read will have been paid for.
    private long _paidAt;
    private long _interval;
    private long _burst;

    /// <summary>When reading may go on; not after now while it may.</summary>
    public readonly long NextAt => _paidAt - _burst;

    public void Set(int perSecond, int burst)
    {
        _interval = 1_000_000_000 / perSecond;
        _burst = _interval * burst;
    }

    public void Take(int count, long now) => _paidAt = Math.Max(_paidAt, now) + (count * _interval);
}
