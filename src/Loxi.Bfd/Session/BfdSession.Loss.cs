namespace Loxi.Bfd.Session;

// Packets that were lost on this side.
public sealed partial class BfdSession
{
    /// <summary>
    /// The own system lost packets, e.g. because a receive buffer was full: the peer may have been among those that sent them, and what did not
    /// arrive says nothing. Its silence counts from <paramref name="now"/> on.
    /// </summary>
    /// <param name="now">The time, in nanoseconds.</param>
    public void ForgiveSilence(long now)
    {
        _detectionRestart = Math.Max(_detectionRestart, now);
        if (_pollSent)
        {
            _pollFirstSent = Math.Max(_pollFirstSent, now);
        }

        Deadline = NextDeadline();
        _dueAt = Math.Max(Deadline, now);
    }
}
