using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <content>Which sessions there are.</content>
internal sealed partial class BfdEngine
{
    /// <summary>Puts a plan in force, of which everything that can fail has been done. What was taken out is disposed by whoever made the plan.</summary>
    public void Apply(EnginePlan plan, long now)
    {
        var ports = new HashSet<ReceivePort>();
        foreach (var session in plan.Removed)
        {
            // RFC 5880 6.8.16
            Handle(session, session.Session.SetAdministrativelyDown(true, now, _transmit));
            _table.Remove(session.Session);
            _sessions.Remove(session.Session);
            _heap.Remove(session);
            session.Port.Sessions.Remove(session);
            ports.Add(session.Port);
        }

        foreach (var port in plan.NewPorts)
        {
            _ports.Add(port);
            _poller.Add(port.Steady.Socket);
            _poller.Add(port.Urgent.Socket);
            _poller.Add(port.Strangers.Socket);
        }

        foreach (var session in plan.Added)
        {
            session.Begin(_table.Add(session.FirstSettings, default, session.InterfaceIndex, now));
            _sessions.Add(session.Session, session);
            _heap.Add(session, session.Session.Deadline);
            session.Port.Sessions.Add(session);
            ports.Add(session.Port);
        }

        foreach (var (session, settings) in plan.Changed)
        {
            Handle(session, session.Session.Change(settings, now, _transmit));
            ports.Add(session.Port);
        }

        Attach(ports, plan.ClosedPorts);
        _strangers.SetSessions(_sessions.Count);
        _timingsChanged = true;
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
    public IReadOnlyCollection<EngineSession> Sessions => _sessions.Values;

    /// <summary>The ports, for whoever looks on the engine's thread.</summary>
    public IReadOnlyList<ReceivePort> Ports => _ports;

    /// <summary>Discards that belong to no session.</summary>
    public ulong GetDiscards(BfdDiscardReason reason) => _table.GetDiscards(reason);

    /// <summary>Lets one session take a step.</summary>
    /// <returns>False when there is no such session.</returns>
    public bool Step(BfdSessionKey key, SessionStep step, long now)
    {
        foreach (var session in _sessions.Values)
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
        foreach (var session in _sessions.Values)
        {
            Handle(session, step(session.Session, now, _transmit));
        }

        return true;
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
            _poller.Remove(port.Steady.Socket);
            _poller.Remove(port.Urgent.Socket);
            _poller.Remove(port.Strangers.Socket);
            closed.Add(port);
        }

        HoldStrangers(_areStrangersHeld);
    }
}
