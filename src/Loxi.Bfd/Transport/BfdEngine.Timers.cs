using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <content>Deadlines, and what follows from the steps of sessions.</content>
internal sealed partial class BfdEngine
{
    private const BfdNotifications TimingsMayChange = BfdNotifications.StateChanged | BfdNotifications.RemoteChanged | BfdNotifications.PollEnded | BfdNotifications.PollStarted | BfdNotifications.DemandChanged;

    private const long Millisecond = 1_000_000;
    private const long LongestQuantum = Millisecond;
    private const long LongestDrainInterval = 50 * Millisecond;
    private const int QuantumsInAnInterval = 20;
    private const int DrainsInADetectionTime = 3;

    private long _quantum = LongestQuantum;
    private long _drainInterval = long.MaxValue;
    private bool _timingsChanged = true;
    private long _lateSessions;

    private void RunTimers(long now)
    {
        // A session sends one packet in a step and has few reasons for more: the bound is there for the day when one has a deadline that does not move.
        var steps = 64 + (16 * _heap.Count);
        var isDrained = false;
        while (_heap.First is { } session && session.Deadline <= now && steps-- > 0)
        {
            var step = session.Session.Tick(now, isDrained, _transmit);
            Handle(session, step);
            if (step.DrainNeeded)
            {
                now = DrainAll().Monotonic;
                isDrained = true;
            }
        }
    }

    private void Handle(EngineSession session, in BfdStep step)
    {
        if (step.Transmission == BfdTransmission.Control)
        {
            Send(session, _transmit.AsSpan(0, step.Length));
        }
        else if (step.Transmission == BfdTransmission.Echo)
        {
            SendEcho(session, _transmit.AsSpan(0, step.Length));
        }

        if (step.Notifications != BfdNotifications.None)
        {
            Notify(session, step.Notifications);
        }

        _heap.Update(session, step.Deadline);
    }

    private void Send(EngineSession session, ReadOnlySpan<byte> packet)
    {
        Note(session, session.Transmit.TrySend(packet, out var error), error);
    }

    private void Note(EngineSession session, bool wasSent, int error)
    {
        if (wasSent)
        {
            Counters.Sent++;
            if (session.SendError != 0)
            {
                session.SendError = 0;
                Tell(new EngineEvent(EngineEventKind.SendRecovered) { Session = session });
            }

            return;
        }

        Counters.SendErrors++;
        session.SendErrors++;
        if (session.SendError != error)
        {
            session.SendError = error;
            Tell(new EngineEvent(EngineEventKind.SendFailed) { Session = session, Number = error });
        }

        // Once a second, as often as a session that is not up sends (RFC 5880 6.8.3).
        if (session.InterfaceIndex != 0 && session.Session.State != BfdState.Up)
        {
            Tell(new EngineEvent(EngineEventKind.LinkInDoubt) { Session = session });
        }
    }

    private void Notify(EngineSession session, BfdNotifications notifications)
    {
        _timingsChanged |= (notifications & TimingsMayChange) != 0;
        if ((notifications & BfdNotifications.StateChanged) != 0)
        {
            TellTransitions(session);
        }

        if ((notifications & BfdNotifications.Late) != 0)
        {
            _lateSessions++;
        }

        if ((notifications & BfdNotifications.DetectionTimeAlarmChanged) != 0)
        {
            Tell(new EngineEvent(EngineEventKind.DetectionTimeAlarm) { Session = session, Number = session.Session.DetectionTimeAlarm ? 1 : 0 });
        }

        if ((notifications & BfdNotifications.SourceChanged) != 0)
        {
            Tell(new EngineEvent(EngineEventKind.SourceChanged) { Session = session });
        }

        // Once for a flood: the first one, and then each time that the count has doubled.
        if ((notifications & BfdNotifications.FinalSuppressed) != 0 && ulong.IsPow2(session.Session.SuppressedFinals))
        {
            Tell(new EngineEvent(EngineEventKind.FinalsSuppressed) { Session = session, Number = (long)session.Session.SuppressedFinals });
        }
    }

    private void TellTransitions(EngineSession session)
    {
        var count = session.Session.TransitionCount;
        for (var number = Math.Max(session.ToldTransitions, count - BfdLimits.HistoryLength); number < count; number++)
        {
            Tell(new EngineEvent(EngineEventKind.Transition) { Session = session, Transition = session.Session.GetTransition(number), Number = number });
        }

        session.ToldTransitions = count;
    }

    /// <summary>How close wakes may be, and how long packets may wait to be read, by the shortest times among the sessions.</summary>
    private void FollowTimings()
    {
        if (!_timingsChanged)
        {
            return;
        }

        _timingsChanged = false;
        var interval = TimeSpan.MaxValue;
        var detection = TimeSpan.MaxValue;
        var isOneInInit = false;
        var drain = long.MaxValue;
        foreach (var session in _sessions.Keys)
        {
            isOneInInit |= session.State == BfdState.Init;
            // Nobody is woken by its packets, in no state.
            drain = session.Settings.Kind == BfdSessionKind.UnaffiliatedEcho ? LongestDrainInterval : drain;
            if (session.State is BfdState.Init or BfdState.Up)
            {
                interval = session.TransmitInterval < interval ? session.TransmitInterval : interval;
                detection = session.DetectionTime > TimeSpan.Zero && session.DetectionTime < detection ? session.DetectionTime : detection;
            }
        }

        _quantum = Math.Min(LongestQuantum, ToNanoseconds(interval) / QuantumsInAnInterval);
        _drainInterval = detection == TimeSpan.MaxValue ? drain : Math.Min(LongestDrainInterval, ToNanoseconds(detection) / DrainsInADetectionTime);

        // What takes a session from Init to Up is a steady packet, which otherwise wakes nobody.
        foreach (var port in _ports)
        {
            Poller.Watch(port.Steady.Socket, isOneInInit);
        }
    }

    private void NoteLateness(long lateness, long lateSessions)
    {
        // Without a session that is up nobody is let down.
        if (lateness > Counters.GreatestLateness && _drainInterval != long.MaxValue)
        {
            Counters.GreatestLateness = lateness;
        }

        if (lateSessions > 0)
        {
            var pause = CollectionPause;
            Counters.LateWakes++;
            Counters.CollectionTicks += pause.Ticks;
            Tell(new EngineEvent(EngineEventKind.Late) { Number = lateSessions, Lateness = lateness, CollectionPause = pause });
        }
    }
}
