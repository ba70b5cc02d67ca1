using Loxi.Core.Roles;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.State;
using Loxi.Linux.Loops;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <summary>
/// One thread that hears, decides and sends for all VIP groups, and keeps their gates open. It takes no lock and waits for nothing but its sockets and
/// its next deadline: what may block is told to others.
/// </summary>
internal sealed partial class HelloEngine : SocketLoop<EngineEvent>
{
    private readonly ushort _nodeId;
    private readonly ulong _incarnation;
    private readonly IRoleGates? _gates;
    private readonly HaStateKeeper _keeper;
    private readonly List<HelloPort> _ports = [];
    private readonly List<HelloPeer> _peers = [];
    private readonly List<HelloPath> _paths = [];
    private readonly List<GroupRun> _groups = [];
    private readonly List<RoleAction> _actions = [];
    private RoleSpeakerSettings? _settings;
    private long _interval = long.MaxValue;

    public HelloEngine(ushort nodeId, ulong incarnation, IRoleGates? gates, HaStateKeeper keeper, EventPump<EngineEvent> pump, int priority)
        : base("Loxi.Ha", priority, pump) => (_nodeId, _incarnation, _gates, _keeper) = (nodeId, incarnation, gates, keeper);

    public EngineCounters Counters { get; } = new();

    /// <summary>Has something done on the engine's thread.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="function">Short work; the time is CLOCK_MONOTONIC.</param>
    /// <exception cref="ObjectDisposedException">The engine has ended, or ends before it comes to it.</exception>
    public Task<T> PostAsync<T>(Func<HelloEngine, TimeSpan, T> function) => PostAsync(now => function(this, ToTime(now)));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _ports.ForEach(static port => port.Dispose());
    }

    protected override void OnWake(in ClockReading now, long lateness)
    {
        NoteLateness(lateness, now.Monotonic);
        // R6: first all that has arrived, by its time of arrival, then what time alone decides.
        ReceiveAll(now);
        RunGroups(now.Monotonic);
    }

    protected override void OnTurnEnd(in ClockReading now)
    {
        SendDue();
        if (Stops || now.Monotonic >= _nextStore)
        {
            StorePeers(now.Monotonic);
        }
    }

    protected override long NextWake()
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
        if (_interval == long.MaxValue)
        {
            return; // Nobody is let down.
        }

        Counters.GreatestLateness = Math.Max(Counters.GreatestLateness, lateness);
        if (lateness > _interval / 2)
        {
            Counters.LateWakes++;
            Raise(HelloAlarm.Late, now, new EngineEvent { Number = lateness });
        }
    }
}
