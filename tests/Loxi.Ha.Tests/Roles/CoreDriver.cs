using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Tests.Roles;

/// <summary>One core and its time: it ticks every 10 ms, its disk, probes, barrier and witness answer at once, its peers send one HELLO an interval.</summary>
internal sealed class CoreDriver
{
    public const ushort Own = 1;
    private const ulong Incarnation = 9;
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<ushort, FakePeer> _peers;
    private TimeSpan _helloAt;

    public CoreDriver(RoleSettings settings, RoleMemory? memory = null, params FakePeer[] peers)
    {
        _peers = peers.ToDictionary(static peer => peer.Id);
        Core = new RoleCore(settings with { NodeId = Own, Peers = settings.Source == RoleSource.Peers ? [.. _peers.Keys] : [] }, Incarnation);
        _helloAt = Now;
        Do(actions => Core.Start(memory ?? new RoleMemory(), Now, actions));
        Do(actions => Core.SetReadiness(Readiness.Ready, Now, actions));
    }

    public static RoleSettings Settings { get; } = new() { NodeId = Own };

    public RoleCore Core { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1000);

    /// <summary>All actions since the start with their times.</summary>
    public List<(TimeSpan At, RoleAction Action)> Log { get; } = [];

    /// <summary>What the disk answers.</summary>
    public bool DiskWorks { get; set; } = true;

    /// <summary>VIPs that somebody else answers for.</summary>
    public ImmutableArray<IPAddress> Answering { get; set; } = [];

    /// <summary>For how long the witness grants its lease; zero: not at all.</summary>
    public TimeSpan Lease { get; set; }

    public IEnumerable<RoleTransition> Transitions => Of(RoleActionKind.Transition).Select(static a => a.Action.Transition);

    public IEnumerable<RoleAlarm> Alarms => Of(RoleActionKind.Alarm).Select(static a => a.Action.Alarm);

    public IEnumerable<(TimeSpan At, RoleAction Action)> Of(RoleActionKind kind) => Log.Where(entry => entry.Action.Kind == kind);

    /// <summary>A backup that hears peer 2 serve with a term.</summary>
    public static CoreDriver Backup(out FakePeer master, RoleSettings? settings = null, ulong term = 5)
    {
        master = new FakePeer(2) { Role = HelloRole.Master, Term = term };
        var driver = new CoreDriver(settings ?? Settings, null, master);
        driver.Run(1000);
        return driver;
    }

    /// <summary>A master that hears peer 2, which is its backup.</summary>
    public static CoreDriver Master(out FakePeer backup, RoleSettings? settings = null, Action<CoreDriver>? prepare = null)
    {
        backup = new FakePeer(2) { On = false };
        var driver = new CoreDriver(settings ?? Settings, null, backup);
        prepare?.Invoke(driver);
        driver.Run(2000);
        backup.On = true;
        driver.Run(300);
        return driver;
    }

    /// <summary>Lets time pass.</summary>
    public void Run(int milliseconds)
    {
        for (var end = Now + TimeSpan.FromMilliseconds(milliseconds); Now < end;)
        {
            Now += _step;
            if (Now >= _helloAt)
            {
                _helloAt += Core.Settings.Interval;
                foreach (var peer in _peers.Values.Where(static peer => peer.On))
                {
                    Hear(peer);
                }
            }

            Do(actions => Core.Tick(Now, actions));
        }
    }

    /// <summary>The process stands still; then it runs again.</summary>
    public void Pause(int milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        _helloAt = Now;
    }

    public void Hear(FakePeer peer, int path = 0) => Do(actions => Core.Receive(peer.Say(Own, Incarnation), path, Now, Now, actions));

    public void Do(Action<List<RoleAction>> step)
    {
        List<RoleAction> actions = [];
        step(actions);
        foreach (var action in actions)
        {
            Log.Add((Now, action));
            Answer(action);
        }
    }

    private void Answer(RoleAction action)
    {
        switch (action.Kind)
        {
            case RoleActionKind.ReserveTerms when DiskWorks:
                Do(actions => Core.TermsReserved(action.Number, Now, actions));
                break;
            case RoleActionKind.ReserveTerms:
                Do(actions => Core.TermsNotReserved(Now, actions));
                break;
            case RoleActionKind.ProbeVips:
                Do(actions => Core.VipsProbed(Answering, Now, actions));
                break;
            case RoleActionKind.ProbePeer when _peers[action.Peer].AnswersProbes:
                Hear(_peers[action.Peer]);
                break;
            case RoleActionKind.SendBarrier:
                Do(actions => Core.BarrierPassed(action.Peer, Now, actions));
                break;
            case RoleActionKind.AcquireWitness when Lease > TimeSpan.Zero:
                Do(actions => Core.WitnessHeld(Now + Lease, Now, actions));
                break;
            default:
                break;
        }
    }
}
