using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Loxi.Core.Roles;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.State;
using Loxi.Linux;
using Loxi.Linux.Processes;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <summary>
/// One thread that hears, decides and sends for all VIP groups, and keeps their gates open. It takes no lock and waits for nothing but its sockets and
/// its next deadline: what may block is told to others.
/// </summary>
internal sealed partial class HelloEngine : IDisposable
{
    private readonly ushort _nodeId;
    private readonly ulong _incarnation;
    private readonly IRoleGates? _gates;
    private readonly HaStateKeeper _keeper;
    private readonly Pump _pump;
    private readonly int _priority;
    private readonly List<HelloPort> _ports = [];
    private readonly List<HelloPeer> _peers = [];
    private readonly List<HelloPath> _paths = [];
    private readonly List<GroupRun> _groups = [];
    private readonly List<RoleAction> _actions = [];
    private readonly SocketPoller _poller = new();
    private readonly ConcurrentQueue<Command> _commands = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoleSpeakerSettings? _settings;
    private volatile bool _hasEnded;
    private bool _stops;
    private bool _hasTold;
    private long _interval = long.MaxValue;

    public HelloEngine(ushort nodeId, ulong incarnation, IRoleGates? gates, HaStateKeeper keeper, Pump pump, int priority)
    {
        (_nodeId, _incarnation, _gates, _keeper, _pump, _priority) = (nodeId, incarnation, gates, keeper, pump, priority);
        _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Ha" };
    }

    public EngineCounters Counters { get; } = new();

    /// <summary>Why the real-time class was refused; null when it was not, or not asked for. Known once <see cref="Start"/> has returned.</summary>
    public LinuxException? RealTimeRefusal { get; private set; }

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
    /// <param name="function">Short work; the time is CLOCK_MONOTONIC.</param>
    /// <exception cref="ObjectDisposedException">The engine has ended, or ends before it comes to it.</exception>
    public Task<T> PostAsync<T>(Func<HelloEngine, TimeSpan, T> function)
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

    /// <summary>Ends the thread. The gates close by themselves.</summary>
    public async Task StopAsync()
    {
        try
        {
            await PostAsync(static (engine, _) => engine._stops = true).ConfigureAwait(false);
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
        _ports.ForEach(static port => port.Dispose());
    }

    private static TimeSpan ToTime(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static long ToNanoseconds(TimeSpan time) => time.Ticks >= long.MaxValue / TimeSpan.NanosecondsPerTick ? long.MaxValue : time.Ticks * TimeSpan.NanosecondsPerTick;

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
        while (!_stops)
        {
            var deadline = NextWake();
            _poller.Wait(deadline);
            var now = ClockReading.Now();
            NoteLateness(now.Monotonic - deadline, now.Monotonic);
            // R6: first all that has arrived, by its time of arrival, then what time alone decides.
            ReceiveAll(now);
            RunGroups(now.Monotonic);
            RunCommands();
            SendDue();
            if (_stops || now.Monotonic >= _nextStore)
            {
                StorePeers(now.Monotonic);
            }

            SignalTold();
        }
    }

    private long NextWake()
    {
        var next = Math.Min(_nextHello, _nextStore);
        foreach (var group in _groups)
        {
            next = Math.Min(next, ToNanoseconds(group.NextTick));
        }

        foreach (var peer in _peers)
        {
            next = peer.ProbesLeft > 0 ? Math.Min(next, peer.NextProbe) : next;
        }

        return _areStrangersHeld ? Math.Min(next, _nextStrangers) : next;
    }

    private void NoteLateness(long lateness, long now)
    {
        Counters.Wakes++;
        if (_interval == long.MaxValue || lateness <= Counters.GreatestLateness)
        {
            lateness = _interval == long.MaxValue ? 0 : lateness;
        }
        else
        {
            Counters.GreatestLateness = lateness;
        }

        if (lateness > _interval / 2)
        {
            Counters.LateWakes++;
            Raise(HelloAlarm.Late, now, new EngineEvent { Number = lateness });
        }
    }

    private void RunCommands()
    {
        while (!_stops && _commands.TryDequeue(out var command))
        {
            command.Run(this, ToTime(MonotonicClock.Nanoseconds));
        }
    }

    private void RefuseCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Refuse();
        }
    }

    private void Tell(in EngineEvent told)
    {
        _pump.Add(told);
        _hasTold = true;
    }

    private void SignalTold()
    {
        if (_hasTold)
        {
            _hasTold = false;
            _pump.Signal();
        }
    }

    private abstract class Command
    {
        public abstract void Run(HelloEngine engine, TimeSpan now);

        public abstract void Refuse();
    }

    private sealed class Command<T>(Func<HelloEngine, TimeSpan, T> function) : Command
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is the caller's; the engine goes on.")]
        public override void Run(HelloEngine engine, TimeSpan now)
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

        public override void Refuse() => _result.TrySetException(new ObjectDisposedException(nameof(RoleSpeaker)));
    }
}
