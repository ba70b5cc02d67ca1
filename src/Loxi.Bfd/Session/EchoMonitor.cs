namespace Loxi.Bfd.Session;

/// <summary>
/// Tells when echo packets no longer come back. It counts packets that were sent, not time that has passed: a process that was
/// stopped has sent none, and must not take its own silence for the path's.
/// </summary>
internal struct EchoMonitor()
{
    private int _unanswered;

    /// <summary>When the last of too many unanswered packets should have been back; <see cref="long.MaxValue"/> while there are fewer.</summary>
    public long FailsAt { get; private set; } = long.MaxValue;

    /// <summary>A packet leaves.</summary>
    /// <param name="now">When.</param>
    /// <param name="detectMult">How many in a row may be lost.</param>
    /// <param name="interval">Time until the next one, which is also the time that this one has to come back.</param>
    public void Sent(long now, int detectMult, long interval)
    {
        _unanswered++;
        if (_unanswered >= detectMult && FailsAt == long.MaxValue)
        {
            FailsAt = now + interval;
        }
    }

    /// <summary>A packet has come back, or it begins anew.</summary>
    public void Clear()
    {
        _unanswered = 0;
        FailsAt = long.MaxValue;
    }
}
