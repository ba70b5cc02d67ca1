using Loxi.Linux.Loops;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Linux.Tests.Loops;

/// <summary>A loop that writes down what it is called for.</summary>
internal sealed class TestLoop(EventPump<string> pump, int priority = 0) : SocketLoop<string>("Loxi.Test", priority, pump)
{
    /// <summary>When to wake, as a time from the start of the wait; null for never.</summary>
    public TimeSpan? Period { get; set; }

    /// <summary>What each wake does.</summary>
    public Action<ClockReading, long>? Wake { get; set; }

    /// <summary>What is done before it stops; null to stop at once.</summary>
    public Action? Farewell { get; set; }

    public int Wakes { get; private set; }

    public int Turns { get; private set; }

    public bool WasLastTurnKnown { get; private set; }

    public TimeSpan Pause => CollectionPause;

    public Task<T> PostAsync<T>(Func<TestLoop, long, T> function) => PostAsync(now => function(this, now));

    public void Watch(DatagramSocket socket) => Poller.Add(socket);

    public bool IsReady(DatagramSocket socket) => Poller.IsReady(socket);

    public void Say(string what) => Tell(what);

    public void End() => Stop();

    public static long InNanoseconds(TimeSpan time) => ToNanoseconds(time);

    public static TimeSpan InTime(long nanoseconds) => ToTime(nanoseconds);

    protected override long NextWake() => Period is { } period ? MonotonicClock.Nanoseconds + ToNanoseconds(period) : long.MaxValue;

    protected override void OnWake(in ClockReading now, long lateness)
    {
        Wakes++;
        Wake?.Invoke(now, lateness);
    }

    protected override void OnTurnEnd(in ClockReading now)
    {
        Turns++;
        WasLastTurnKnown = Stops;
    }

    protected override void OnStop(long now)
    {
        if (Farewell is { } farewell)
        {
            farewell();
        }
        else
        {
            base.OnStop(now);
        }
    }
}
