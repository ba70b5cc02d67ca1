using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Loxi.Linux.Processes;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Linux.Loops;

/// <summary>
/// One thread that waits for sockets and for a deadline, and does what others post to it: the shell of a protocol with timers of milliseconds. Whatever the state of the
/// protocol is, it is the thread's alone, so that no lock is needed. A turn allocates nothing by itself; what may block is told to an <see cref="EventPump{TEvent}"/>.
/// </summary>
/// <typeparam name="TEvent">What is told.</typeparam>
/// <remarks>
/// A turn is: <see cref="NextWake"/>, the wait, <see cref="OnWake"/> (receive, then what time alone decides), the functions that were posted, <see cref="OnTurnEnd"/>, and a
/// signal to the pump when something was told.
/// </remarks>
public abstract class SocketLoop<TEvent> : IDisposable
{
    private readonly string _name;
    private readonly int _priority;
    private readonly EventPump<TEvent> _pump;
    private readonly ConcurrentQueue<Command> _commands = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile bool _hasEnded;
    private bool _stops;
    private bool _hasTold;
    private TimeSpan _collections;

    /// <summary>Makes the loop; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="name">Of the thread, and of the object in an <see cref="ObjectDisposedException"/>; Linux shows 15 bytes of a thread's.</param>
    /// <param name="priority">Of the real-time class SCHED_FIFO, 1 to 99; 0 for the ordinary class.</param>
    /// <param name="pump">Takes what is told; not disposed with the loop.</param>
    /// <exception cref="ArgumentNullException"><paramref name="pump"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The priority is out of range.</exception>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    protected SocketLoop(string name, int priority, EventPump<TEvent> pump)
    {
        ArgumentNullException.ThrowIfNull(pump);
        ArgumentOutOfRangeException.ThrowIfNegative(priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 99);
        (_name, _priority, _pump) = (name, priority, pump);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>Ends when the thread does; fails with what the thread failed of.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why the real-time class was refused; null when it was not, or not asked for. Known once <see cref="Start"/> has returned.</summary>
    public LinuxException? RealTimeRefusal { get; private set; }

    /// <summary>Whether the thread is in the real-time class. Known once <see cref="Start"/> has returned.</summary>
    public bool IsRealTime => _priority != 0 && RealTimeRefusal is null;

    /// <summary>What the thread waits for. Sockets are added and removed on the thread.</summary>
    protected SocketPoller Poller { get; } = new();

    /// <summary>How long garbage collections have stopped the process since the end of the turn before.</summary>
    protected TimeSpan CollectionPause => GC.GetTotalPauseDuration() - _collections;

    /// <summary>Starts the thread and waits until it runs.</summary>
    /// <exception cref="ThreadStateException">It was started before.</exception>
    public void Start()
    {
        var started = PostAsync(static _ => true);
        _thread.UnsafeStart();
        started.GetAwaiter().GetResult();
    }

    /// <summary>Ends the thread by <see cref="OnStop"/> and waits for its end, without its failure. Does nothing after its end.</summary>
    /// <returns>When the thread has ended.</returns>
    public async Task StopAsync()
    {
        try
        {
            await PostAsync(now =>
            {
                OnStop(now);
                return true;
            }).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has ended already, which is what was asked for.
        }

        await Task.WhenAny(_ended.Task).ConfigureAwait(false);
    }

    /// <summary>Closes what is open. A thread that still runs ends first, after its turn and without <see cref="OnStop"/>; not from the thread itself.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Nanoseconds of a time; the greatest number for one that has no end.</summary>
    /// <param name="time">The time.</param>
    /// <returns>Nanoseconds.</returns>
    protected static long ToNanoseconds(TimeSpan time) => time.Ticks >= long.MaxValue / TimeSpan.NanosecondsPerTick ? long.MaxValue : time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A time of nanoseconds, without what is less than a tick.</summary>
    /// <param name="nanoseconds">Nanoseconds.</param>
    /// <returns>The time.</returns>
    protected static TimeSpan ToTime(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>When to be awake at the latest, on <see cref="MonotonicClock"/>; <see cref="long.MaxValue"/> for never.</summary>
    /// <returns>The deadline.</returns>
    protected abstract long NextWake();

    /// <summary>The wait has ended: by its deadline, by a socket, or because something was posted.</summary>
    /// <param name="now">Both clocks.</param>
    /// <param name="lateness">By how many nanoseconds after the deadline; negative before it.</param>
    protected abstract void OnWake(in ClockReading now, long lateness);

    /// <summary>What was posted is done.</summary>
    /// <param name="now">Both clocks, as <see cref="OnWake"/> had them.</param>
    protected abstract void OnTurnEnd(in ClockReading now);

    /// <summary>The loop shall end: by <see cref="Stop"/>, at once unless there is something to be done before.</summary>
    /// <param name="now">The time.</param>
    protected virtual void OnStop(long now) => Stop();

    /// <summary>Ends the thread after this turn. What is posted later, or waits, fails with <see cref="ObjectDisposedException"/>.</summary>
    protected void Stop() => _stops = true;

    /// <summary>Whether this turn is the last one.</summary>
    protected bool Stops => _stops;

    /// <summary>Tells something, from the loop's thread.</summary>
    /// <param name="told">What.</param>
    protected void Tell(in TEvent told)
    {
        _pump.Add(told);
        _hasTold = true;
    }

    /// <summary>Has something done on the loop's thread.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="function">Short work; gets the time of <see cref="MonotonicClock"/>. What it throws is the caller's.</param>
    /// <returns>What it gave. Fails with <see cref="ObjectDisposedException"/> when the loop has ended, or ends before it comes to it.</returns>
    protected Task<T> PostAsync<T>(Func<long, T> function)
    {
        var command = new Command<T>(function);
        _commands.Enqueue(command);
        Poller.Wake();
        if (_hasEnded)
        {
            // The thread may have looked for the last time before it was there.
            RefuseCommands();
        }

        return command.Result;
    }

    /// <summary>Closes what is open. Who overrides it calls this first, after which the thread has ended.</summary>
    /// <param name="disposing">Whether it is disposed.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _hasEnded = true;
        }
        else
        {
            if (!_hasEnded)
            {
                _ = PostAsync(_ => _stops = true);
            }

            _thread.Join();
        }

        RefuseCommands();
        Poller.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A thread that ends says why, to everybody who waits for it.")]
    private void Run()
    {
        Exception? failure = null;
        try
        {
            BecomeRealTime();
            while (!_stops)
            {
                TakeTurn();
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        _hasEnded = true;
        RefuseCommands();
        if (failure is null)
        {
            _ended.SetResult();
        }
        else
        {
            _ended.SetException(failure);
        }
    }

    private void BecomeRealTime()
    {
        if (_priority == 0)
        {
            return;
        }

        try
        {
            Scheduling.SetFifo(_priority);
        }
        catch (LinuxException e)
        {
            RealTimeRefusal = e;
        }
    }

    private void TakeTurn()
    {
        var deadline = NextWake();
        Poller.Wait(deadline);
        var now = ClockReading.Now();
        OnWake(now, now.Monotonic - deadline);
        while (!_stops && _commands.TryDequeue(out var command))
        {
            command.Run(MonotonicClock.Nanoseconds);
        }

        OnTurnEnd(now);
        if (_hasTold)
        {
            _hasTold = false;
            _pump.Signal();
        }

        _collections = GC.GetTotalPauseDuration();
    }

    private void RefuseCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Refuse(_name);
        }
    }

    private abstract class Command
    {
        public abstract void Run(long now);

        public abstract void Refuse(string name);
    }

    private sealed class Command<T>(Func<long, T> function) : Command
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is the caller's; the loop goes on.")]
        public override void Run(long now)
        {
            try
            {
                _result.SetResult(function(now));
            }
            catch (Exception e)
            {
                _result.SetException(e);
            }
        }

        public override void Refuse(string name) => _result.TrySetException(new ObjectDisposedException(name));
    }
}
