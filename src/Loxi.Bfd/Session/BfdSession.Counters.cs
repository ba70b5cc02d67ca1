namespace Loxi.Bfd.Session;

// What is counted. Each number only grows; another thread may read it.
public sealed partial class BfdSession
{
    private readonly ulong[] _discards = new ulong[(int)BfdDiscardReason.Outdated + 1];
    private long _lateDeadline = long.MinValue;

    // A deadline that was past when it was set ("at once") counts from then.
    private long _dueAt;

    /// <summary>Control packets that were accepted.</summary>
    public ulong ReceivedPackets { get; private set; }

    /// <summary>Control packets that were sent.</summary>
    public ulong TransmittedPackets { get; private set; }

    /// <summary>Our echo packets that came back.</summary>
    public ulong ReceivedEchoPackets { get; private set; }

    /// <summary>Echo packets that were sent.</summary>
    public ulong TransmittedEchoPackets { get; private set; }

    /// <summary>Echo packets of the peer that were returned.</summary>
    public ulong ReturnedEchoPackets { get; private set; }

    /// <summary>Finals that were not sent because there were too many Polls.</summary>
    public ulong SuppressedFinals { get; private set; }

    /// <summary>Steps that came later than half the detection time while the session was up.</summary>
    public ulong LateSteps { get; private set; }

    /// <summary>The greatest lateness of those.</summary>
    public TimeSpan GreatestLateness { get; private set; }

    /// <summary>Datagrams of this session that were discarded for a reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>How many.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reason.</exception>
    public ulong GetDiscards(BfdDiscardReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)reason, _discards.Length - 1, nameof(reason));
        return _discards[(int)reason];
    }

    private BfdDiscardReason CountDiscard(BfdDiscardReason reason)
    {
        _discards[(int)reason]++;
        return reason;
    }

    private BfdStep Discard(BfdDiscardReason reason) => new() { Discard = CountDiscard(reason), Deadline = Deadline };

    private void NoteLateness(long now)
    {
        var late = now - _dueAt;
        if (!IsUp || _dueAt == _lateDeadline || late <= DetectionNanoseconds / 2)
        {
            return;
        }

        _lateDeadline = _dueAt;
        LateSteps++;
        _raised |= BfdNotifications.Late;
        if (ToTimeSpan(late) > GreatestLateness)
        {
            GreatestLateness = ToTimeSpan(late);
        }
    }
}
