using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <content>Which sessions there are.</content>
internal sealed partial class BfdEngine
{
    private const int LeastStrangersPerSecond = 200;
    private const int LeastBurstOfStrangers = 64;

    /// <summary>Puts a plan in force, of which everything that can fail has been done. What is gone is disposed by whoever made the plan.</summary>
    public bool Apply(EnginePlan plan, long now)
    {
        var ports = new HashSet<ReceivePort>();
        foreach (var session in plan.Removed)
        {
            if (!BeginFarewell(session, now))
            {
                Forget(session, plan, ports);
            }
        }

        foreach (var session in plan.Left.Where(session => _sessions.ContainsKey(session.Session)))
        {
            Forget(session, plan, ports);
        }

        foreach (var port in plan.NewPorts)
        {
            _ports.Add(port);
            Poller.Add(port.Steady.Socket);
            Poller.Add(port.Urgent.Socket);
            Poller.Add(port.Strangers.Socket);
        }

        foreach (var session in plan.Added)
        {
            if (_table.TryFind(session.FirstSettings, session.InterfaceIndex, out var before) && _sessions[before].IsLeaving)
            {
                // The peer hears the new one; that AdminDown was told it has heard or not.
                Forget(_sessions[before], plan, ports);
            }

            session.Begin(_table.Add(session.FirstSettings, default, session.InterfaceIndex, now));
            _sessions.Add(session.Session, session);
            _heap.Add(session, session.Session.Deadline);
            if (session.Port is { } port)
            {
                port.Sessions.Add(session);
                ports.Add(port);
            }

            // Not before the way is known.
            Handle(session, session.Session.SetEchoPossible(false, now, _transmit));
        }

        foreach (var (session, settings) in plan.Changed)
        {
            Handle(session, session.Session.Change(settings, now, _transmit));
            if (session.Port is { } port)
            {
                ports.Add(port);
            }
        }

        Attach(ports, plan.ClosedPorts);
        ApplyEchoPorts(plan);
        plan.ClosedEchoLinks.AddRange(TakeUnusedEchoLinks());

        // A peer that is down sends one packet in a second (RFC 5880 6.8.3), and a few when it changes its state.
        _strangers.Set(Math.Max(LeastStrangersPerSecond, 4 * _sessions.Count), Math.Max(LeastBurstOfStrangers, 2 * _sessions.Count));
        _timingsChanged = true;
        return true;
    }

    /// <summary>Moves a session to a link that was made anew.</summary>
    /// <returns>The socket that is no longer used; the new one when the session cannot be moved because another one has its place.</returns>
    public TransmitSocket Move(EngineSession session, int interfaceIndex, TransmitSocket transmit)
    {
        try
        {
            _table.Rebind(session.Session, default, interfaceIndex);
        }
        catch (ArgumentException)
        {
            return transmit;
        }

        return session.Move(interfaceIndex, transmit);
    }

    /// <summary>The sessions, for whoever looks on the engine's thread.</summary>
    public IEnumerable<EngineSession> Sessions => _sessions.Values.Where(static session => !session.IsLeaving);

    /// <summary>The ports, for whoever looks on the engine's thread.</summary>
    public IReadOnlyList<ReceivePort> Ports => _ports;

    /// <summary>Discards that belong to no session.</summary>
    public ulong GetDiscards(BfdDiscardReason reason) => _table.GetDiscards(reason);

    /// <summary>Lets one session take a step.</summary>
    /// <returns>False when there is no such session.</returns>
    public bool Step(BfdSessionKey key, SessionStep step, long now)
    {
        foreach (var session in Sessions)
        {
            if (session.Key == key)
            {
                Handle(session, step(session.Session, now, _transmit));
                return true;
            }
        }

        return false;
    }

    /// <summary>Lets every session take a step.</summary>
    public bool StepAll(SessionStep step, long now)
    {
        foreach (var session in Sessions)
        {
            Handle(session, step(session.Session, now, _transmit));
        }

        return true;
    }

    private void Forget(EngineSession session, EnginePlan plan, HashSet<ReceivePort> ports)
    {
        _table.Remove(session.Session);
        _sessions.Remove(session.Session);
        _heap.Remove(session);
        _leaving.Remove(session);
        plan.Gone.Add(session);
        if (session.Port is { } port)
        {
            port.Sessions.Remove(session);
            ports.Add(port);
        }
    }

    private void Attach(HashSet<ReceivePort> ports, List<ReceivePort> closed)
    {
        foreach (var port in ports)
        {
            if (port.Sessions.Count > 0)
            {
                port.Attach();
                continue;
            }

            _ports.Remove(port);
            Poller.Remove(port.Steady.Socket);
            Poller.Remove(port.Urgent.Socket);
            Poller.Remove(port.Strangers.Socket);
            closed.Add(port);
        }

        HoldStrangers(_areStrangersHeld);
    }
}
