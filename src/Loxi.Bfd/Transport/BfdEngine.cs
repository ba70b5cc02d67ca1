using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Loxi.Bfd.Session;
using Loxi.Linux;
using Loxi.Linux.Processes;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>
/// One thread that receives, keeps the time and sends for all sessions. It takes no lock, allocates nothing while nothing changes, and waits for
/// nothing but its sockets and its next deadline.
/// </summary>
/// <remarks>
/// <para>
/// One thread, not two: what a deadline needs first is that every packet that has arrived is handed over, which a second thread could only promise
/// by a lock. Receiving costs a microsecond a packet, and buffers hold what comes while it sends.
/// </para>
/// <para>
/// Nobody is woken by the packets of a session that is simply up: the kernel has stamped them with their time of arrival, and they are read when
/// the thread is awake anyway, which is before every deadline.
/// </para>
/// </remarks>
internal sealed partial class BfdEngine : IDisposable
{
    private readonly BfdSessionTable _table;
    private readonly Dictionary<BfdSession, EngineSession> _sessions = [];
    private readonly List<ReceivePort> _ports = [];
    private readonly DeadlineHeap _heap = new();
    private readonly SocketPoller _poller = new();
    private readonly ConcurrentQueue<Command> _commands = new();
    private readonly ConcurrentQueue<EngineEvent> _events;
    private readonly Action _eventsAdded;
    private readonly byte[] _transmit = new byte[BfdSession.TransmitLength];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _priority;
    private volatile bool _hasEnded;
    private bool _stops;
    private bool _hasEvents;
    private long _lastWake;
    private TimeSpan _collectionPause;

    /// <param name="random">Of the sessions, on the engine's thread.</param>
    /// <param name="priority">Of the real-time class, 0 for the ordinary class.</param>
    /// <param name="events">What there is to tell.</param>
    /// <param name="eventsAdded">Called on the engine's thread after some were added; must not block.</param>
    public BfdEngine(Random random, int priority, ConcurrentQueue<EngineEvent> events, Action eventsAdded)
    {
        _table = new BfdSessionTable(random);
        _priority = priority;
        _events = events;
        _eventsAdded = eventsAdded;
        _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Bfd" };
    }

    public EngineCounters Counters { get; } = new();

    /// <summary>Why the real-time class was refused; null when it was not, or not asked for. Known once <see cref="Start"/> has returned.</summary>
    public LinuxException? RealTimeRefusal { get; private set; }

    /// <summary>Whether the thread is in the real-time class.</summary>
    public bool IsRealTime => _priority != 0 && RealTimeRefusal is null;

    /// <summary>Ends when the thread does, with the failure if it was one.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts the thread and waits until it runs.</summary>
    public void Start()
    {
        var started = PostAsync(static (_, _) => true);
        _thread.UnsafeStart();
        started.GetAwaiter().GetResult();
    }

    /// <summary>Has something done on the engine's thread.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="function">Short work; the time is the one of the engine's clock.</param>
    /// <exception cref="ObjectDisposedException">The engine has ended, or ends before it comes to it.</exception>
    public Task<T> PostAsync<T>(Func<BfdEngine, long, T> function)
    {
        var command = new Command<T>(function);
        _commands.Enqueue(command);
        _poller.Wake();
        if (_hasEnded)
        {
            // The thread may have looked for the last time before it was there.
            RefuseCommands();
        }

        return command.Result;
    }

    /// <summary>Says AdminDown to every peer (RFC 5880 6.8.16) and ends the thread.</summary>
    public async Task StopAsync()
    {
        try
        {
            await PostAsync(static (engine, now) => engine.BeginStop(now)).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has ended already, which is what was asked for.
        }

        await Task.WhenAny(_ended.Task).ConfigureAwait(false);
    }

    /// <summary>Closes what it has open. Only after the thread has ended, or has never begun.</summary>
    public void Dispose()
    {
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _hasEnded = true;
        }
        else
        {
            _thread.Join();
        }

        RefuseCommands();
        _poller.Dispose();
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        foreach (var port in _ports)
        {
            port.Dispose();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A thread that ends says why, to everybody who waits for it.")]
    private void Run()
    {
        Exception? failure = null;
        try
        {
            BecomeRealTime();
            Loop();
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

    private void Loop()
    {
        _lastWake = MonotonicClock.Nanoseconds;
        while (!_stops)
        {
            var deadline = NextWake();
            _poller.Wait(deadline);
            var now = ClockReading.Now();
            _lastWake = now.Monotonic;
            Counters.Wakes++;
            var lateSessions = _lateSessions;
            ReceiveReady(now);
            RunTimers(now.Monotonic);
            if (_lateSessions != lateSessions)
            {
                TellLateness(now.Monotonic - deadline, _lateSessions - lateSessions);
            }
            else
            {
                NoteLateness(now.Monotonic - deadline);
            }

            RunCommands();
            FollowTimings();
            TellEvents();
            _collectionPause = GC.GetTotalPauseDuration();
        }
    }

    /// <summary>When to be awake again. Deadlines that are close together share one wake: each of them costs more than the packet that is sent.</summary>
    private long NextWake()
    {
        var deadline = Math.Max(_heap.FirstDeadline, _lastWake + _quantum);
        if (_drainInterval != long.MaxValue)
        {
            deadline = Math.Min(deadline, _lastWake + _drainInterval);
        }

        return _areStrangersHeld ? Math.Min(deadline, Math.Max(_strangers.NextAt, _lastWake + _quantum)) : deadline;
    }

    private void RunCommands()
    {
        while (!_stops && _commands.TryDequeue(out var command))
        {
            command.Run(this, MonotonicClock.Nanoseconds);
        }
    }

    private void RefuseCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Refuse();
        }
    }

    private bool BeginStop(long now)
    {
        StepAll(static (session, at, transmit) => session.SetAdministrativelyDown(true, at, transmit), now);
        TellEvents();
        _stops = true;
        return true;
    }

    private void Tell(in EngineEvent told)
    {
        _events.Enqueue(told);
        _hasEvents = true;
    }

    private void TellEvents()
    {
        if (_hasEvents)
        {
            _hasEvents = false;
            _eventsAdded();
        }
    }

    private abstract class Command
    {
        public abstract void Run(BfdEngine engine, long now);

        public abstract void Refuse();
    }

    private sealed class Command<T>(Func<BfdEngine, long, T> function) : Command
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is the caller's; the engine goes on.")]
        public override void Run(BfdEngine engine, long now)
        {
            try
            {
                _result.SetResult(function(engine, now));
            }
            catch (Exception e)
            {
                _result.SetException(e);
            }
        }

        public override void Refuse() => _result.TrySetException(new ObjectDisposedException(nameof(BfdSpeaker)));
    }
}
