using System.Globalization;
using System.Text;
using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <summary>Checks the invariants while a cluster runs. The first that is broken ends the run.</summary>
internal sealed class Watch(Scenario scenario, Cluster cluster, bool record)
{
    private readonly StringBuilder _story = new();
    private long _since;
    private long _changedAt;
    private int _version;
    private int _events;
    private int _changes;
    private int _standing;
    private bool _noisy;
    private bool _calm;

    public string? Violation { get; private set; }

    /// <summary>The invariant's name.</summary>
    public string? Invariant { get; private set; }

    public long ViolationAt { get; private set; }

    /// <summary>The longest time from the last disturbance to the last change of a master, in hundredths of an interval.</summary>
    public long Slowest { get; private set; }

    public int Promotions { get; private set; }

    /// <summary>Of all changes of roles with their times.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    public string Story => _story.ToString();

    public void Note(string text)
    {
        if (record)
        {
            _story.Append(Fault.Time(cluster.Now)).Append("  ").Append(text.PadRight(58)).Append("  ").AppendLine(Nodes());
        }
    }

    /// <summary>Something was done to the cluster.</summary>
    public void Disturbed()
    {
        if (_calm)
        {
            _calm = false;
            _events = 0;
            _changes = 0;
            _noisy = false;
            _standing = 0;
        }

        _events++;
        _noisy |= cluster.Noisy;
        _standing = Math.Max(_standing, cluster.Standing);
        _since = cluster.Now;
        cluster.SettleLater(++_version);
    }

    /// <summary>Nothing was done for ten intervals and what a probe takes.</summary>
    public void Settled(int version)
    {
        if (version != _version || cluster.Noisy)
        {
            return;
        }

        Slowest = Math.Max(Slowest, (_changedAt - _since) * 100 / scenario.Interval);
        _calm = true;
        CheckAnnouncers();
        if (!_noisy && _changes > 2 * (_events + _standing))
        {
            Fail("I13", $"{_changes} changes of masters after {_events} faults, {_standing} from before");
        }
    }

    public void Busy() => Fail("Busy", $"{string.Join(", ", cluster.Nodes.Where(n => n.TickAt == cluster.Now).Select(static n => n.Name))} never rests");

    public void Ended()
    {
        if (!_calm)
        {
            Fail("I1", "not settled at the end");
        }

        CheckAnnouncers();
    }

    /// <summary>A role changed.</summary>
    public void Changed(SimNode node, in RoleTransition change)
    {
        var core = node.Core!;
        Hash = (Hash ^ ((ulong)cluster.Now << 20) ^ ((ulong)node.Index << 16) ^ ((ulong)change.From << 12) ^ ((ulong)change.To << 8) ^ (ulong)change.Cause ^ (change.Term << 48)) * 1099511628211;
        Note($"  {node.Name} {change.From} -> {change.To} {change.Term}: {change.Cause}{(change.Peer is { } p ? $" ({(char)('A' + p)})" : "")}");
        if (change.From != HelloRole.Master && change.To != HelloRole.Master)
        {
            return;
        }

        _changedAt = cluster.Now;
        if (scenario.Damping && change.Cause is (RoleCause.Fault or RoleCause.Switchover))
        {
            // What R9 had held back.
            Disturbed();
        }
        else if (_calm && change.To == HelloRole.Master && core.Readiness != Readiness.Ready)
        {
            // I5: its probe of the VIPs was answered before, by a master that is not heard any more; it asks every few seconds.
            Disturbed();
        }
        else if (_calm)
        {
            Fail("I13", $"{node.Name} changes its role ({change.Cause}) although nothing was done");
        }

        _changes++;
        if (change.To != HelloRole.Master)
        {
            return;
        }

        Promotions++;
        if (change.Cause == RoleCause.Resumed)
        {
            if (node.Clock(cluster.Now) >= node.PinnedUntil)
            {
                Fail("I6", $"{node.Name} resumes behind gates that have closed");
            }

            return;
        }

        if (change.Cause == RoleCause.PauseOver)
        {
            return;
        }

        if (change.Term <= node.LastTerm)
        {
            Fail("I4", $"{node.Name} uses term {change.Term} again");
        }

        if (node.NotDurable)
        {
            // Told: the last node alone serves although its disk does not write. The term may be used again.
            node.NotDurable = false;
            node.NotDurableTerm = change.Term;
        }
        else
        {
            node.LastTerm = change.Term;
        }

        if (core.Readiness != Readiness.Ready && (core.HeardPeers(node.Clock(cluster.Now)).Length > 0 || node.ProbeAnswered))
        {
            Fail("I5", $"{node.Name} serves, is {core.Readiness} and {(node.ProbeAnswered ? "another host answers" : "hears others")}");
        }
    }

    /// <summary>VIPs are announced, or no longer.</summary>
    public void Announced(SimNode node)
    {
        if (!node.Vips)
        {
            Recheck();
            return;
        }

        var core = node.Core!;
        if (core.Announces && core.Term > node.Ceiling && core.Term != node.NotDurableTerm && core.Term != node.Term)
        {
            Fail("I11", $"{node.Name} announces with term {core.Term}, on disk is {node.Ceiling}");
        }

        foreach (var other in cluster.Nodes)
        {
            if (scenario.Witness && other != node && other.Announces(cluster.Now))
            {
                Fail("R10", $"{node.Name} announces beside {other.Name} although a witness is used");
            }
        }

        Recheck();
    }

    /// <summary>Gates are set.</summary>
    public void Opened(SimNode node, TimeSpan until)
    {
        if (until > TimeSpan.Zero && node.OpenedUntil > TimeSpan.Zero && node.Clock(cluster.Now) >= node.OpenedUntil)
        {
            Fail("I6", $"{node.Name} opens its gates again {(node.Clock(cluster.Now) - node.OpenedUntil).TotalMilliseconds:0} ms after they closed, without having listened");
        }

        node.OpenedUntil = until;
    }

    private void Recheck()
    {
        if (_calm)
        {
            CheckAnnouncers();
        }
    }

    /// <summary>I1, I2, I3, R13: who announces when links have been as they are for long.</summary>
    private void CheckAnnouncers()
    {
        var (name, what) = Announcers.Check(cluster, scenario);
        if (name is not null)
        {
            Fail(name, what!);
        }
    }

    private void Fail(string invariant, string what)
    {
        if (Violation is null)
        {
            Invariant = invariant;
            Violation = what;
            ViolationAt = cluster.Now;
            Note($"  {invariant}: {what}");
        }
    }

    private string Nodes()
    {
        var text = new StringBuilder();
        foreach (var node in cluster.Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{node.Name} {(node.Core is null ? "dead" : $"{node.Core.Role}{(node.Announces(cluster.Now) ? "*" : "")} {node.Core.Term}")}{(node.Pauses > 0 ? " paused" : "")}   ");
        }

        return text.ToString().TrimEnd();
    }
}
