using Loxi.Bfd.Session;
using Loxi.Linux.Loops;
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
internal sealed partial class BfdEngine : SocketLoop<EngineEvent>
{
    private readonly BfdSessionTable _table;
    private readonly Dictionary<BfdSession, EngineSession> _sessions = [];
    private readonly List<ReceivePort> _ports = [];
    private readonly DeadlineHeap _heap = new();
    private readonly byte[] _transmit = new byte[BfdSession.TransmitLength];
    private readonly TimeSpan _longestStop;
    private long _lastWake = MonotonicClock.Nanoseconds;

    /// <param name="random">Of the sessions, on the engine's thread.</param>
    /// <param name="options">Priority and the time of a stop.</param>
    /// <param name="pump">Takes what there is to tell.</param>
    public BfdEngine(Random random, BfdSpeakerOptions options, EventPump<EngineEvent> pump)
        : base("Loxi.Bfd", options.RealTimePriority, pump)
    {
        _table = new BfdSessionTable(random);
        _longestStop = options.StopTimeout;
    }

    public EngineCounters Counters { get; } = new();

    /// <summary>Has something done on the engine's thread.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="function">Short work; the time is the one of the engine's clock.</param>
    /// <exception cref="ObjectDisposedException">The engine has ended, or ends before it comes to it.</exception>
    public Task<T> PostAsync<T>(Func<BfdEngine, long, T> function) => PostAsync(now => function(this, now));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        _ports.ForEach(static port => port.Dispose());
        _echoPorts.ForEach(static port => port.Dispose());
        _echoLinks.ForEach(static link => link.Dispose());
    }

    /// <summary>Deadlines that are close together share one wake: each of them costs more than the packet that is sent.</summary>
    protected override long NextWake()
    {
        var deadline = Math.Max(_heap.FirstDeadline, _lastWake + _quantum);
        if (_drainInterval != long.MaxValue)
        {
            deadline = Math.Min(deadline, _lastWake + _drainInterval);
        }

        deadline = Math.Min(deadline, _nextFarewellEnd);
        deadline = _areStrangersHeld ? Math.Min(deadline, Math.Max(_strangers.NextAt, _lastWake + _quantum)) : deadline;
        return _areEchoesHeld ? Math.Min(deadline, Math.Max(_echoLimit.NextAt, _lastWake + _quantum)) : deadline;
    }

    protected override void OnWake(in ClockReading now, long lateness)
    {
        _lastWake = now.Monotonic;
        Counters.Wakes++;
        var lateSessions = _lateSessions;
        ReceiveReady(now);
        RunTimers(now.Monotonic);
        EndFarewells(now.Monotonic);
        NoteLateness(lateness, _lateSessions - lateSessions);
    }

    protected override void OnTurnEnd(in ClockReading now) => FollowTimings();
}
