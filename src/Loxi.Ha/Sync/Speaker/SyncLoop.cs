using Loxi.Linux.Loops;
using Loxi.Linux.Time;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>The thread that owns the engine: nobody else calls it.</summary>
internal sealed class SyncLoop<TKey, TValue> : SocketLoop<SyncSpeakerEvent>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    private readonly SyncHub<TKey, TValue> _hub;

    /// <param name="make">Makes what is owned, of what wakes the thread and what tells.</param>
    /// <param name="pump">Takes what is told.</param>
    public SyncLoop(Func<Action, Action<SyncSpeakerEvent>, SyncHub<TKey, TValue>> make, EventPump<SyncSpeakerEvent> pump)
        : base("Loxi.Ha sync", 0, pump) => _hub = make(Poller.Wake, told => Tell(told));

    /// <summary>Has something done on the thread.</summary>
    public Task<T> DoAsync<T>(Func<SyncHub<TKey, TValue>, TimeSpan, T> function) => PostAsync(now => function(_hub, ToTime(now)));

    /// <summary>Has something done on the thread.</summary>
    public Task DoAsync(Action<SyncHub<TKey, TValue>, TimeSpan> action) => DoAsync((hub, now) =>
    {
        action(hub, now);
        return true;
    });

    /// <summary>Closes what the thread has left, after its end.</summary>
    public void Abandon() => _hub.CloseAll();

    protected override long NextWake() => ToNanoseconds(_hub.NextTurn);

    protected override void OnWake(in ClockReading now, long lateness)
    {
        // Connections wake it; what they have is taken in the turn.
    }

    protected override void OnTurnEnd(in ClockReading now)
    {
        if (!Stops)
        {
            _hub.Turn(ToTime(MonotonicClock.Nanoseconds));
        }
    }

    protected override void OnStop(long now)
    {
        _hub.CloseAll();
        Stop();
    }
}
