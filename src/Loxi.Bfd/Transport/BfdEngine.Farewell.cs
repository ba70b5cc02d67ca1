using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <content>
/// Last words. RFC 5880 6.8.16: AdminDown is told for at least a detection time, so that the peer is aware of it; one that says that it is down too has heard it.
/// </content>
internal sealed partial class BfdEngine
{
    // For a peer that wants to hear from us every hour nobody stays.
    private const long LongestFarewell = 60_000 * Millisecond;

    private readonly List<EngineSession> _leaving = [];
    private long _nextFarewellEnd = long.MaxValue;
    private long _stopsAt = long.MaxValue;
    private bool _isStopping;

    /// <summary>Says AdminDown for the first time.</summary>
    /// <returns>False when there is nobody to whom it is news.</returns>
    private bool BeginFarewell(EngineSession session, long now)
    {
        // Not up, the interval is another one; the peer still goes by the one of before.
        var time = Math.Min(session.Session.PeerDetectionNanoseconds, LongestFarewell);
        Handle(session, session.Session.SetAdministrativelyDown(true, now, _transmit));
        Tell(new EngineEvent(EngineEventKind.Removed) { Session = session });
        (session.EchoPath, session.EchoLink) = (null, null);
        if (!session.Session.HasPeerToTell)
        {
            return false;
        }

        session.IsLeaving = true;
        session.LeavesAt = now + time;
        _leaving.Add(session);
        _nextFarewellEnd = Math.Min(_nextFarewellEnd, session.LeavesAt);
        return true;
    }

    private void HearLeaving(EngineSession session, in BfdStep step, long now)
    {
        if (step.Discard == BfdDiscardReason.AdministrativelyDown && session.Session.IsPeerDown && session.LeavesAt != long.MaxValue)
        {
            session.LeavesAt = now;
            _nextFarewellEnd = now;
        }
    }

    private void EndFarewells(long now)
    {
        if (now < _nextFarewellEnd)
        {
            return;
        }

        _nextFarewellEnd = long.MaxValue;
        foreach (var session in _leaving)
        {
            if (session.LeavesAt <= now)
            {
                session.LeavesAt = long.MaxValue;
                Tell(new EngineEvent(EngineEventKind.Left) { Session = session });
            }

            _nextFarewellEnd = Math.Min(_nextFarewellEnd, session.LeavesAt);
        }

        if (_isStopping && (_nextFarewellEnd == long.MaxValue || now >= _stopsAt))
        {
            Stop();
        }

        _nextFarewellEnd = Math.Min(_nextFarewellEnd, _stopsAt);
    }

    /// <summary>Says AdminDown to every peer, and ends when all know.</summary>
    protected override void OnStop(long now)
    {
        foreach (var session in Sessions.ToArray())
        {
            BeginFarewell(session, now);
        }

        _isStopping = true;
        _stopsAt = now + ToNanoseconds(_longestStop);
        // Looks whether there is anybody to wait for.
        _nextFarewellEnd = now;
        EndFarewells(now);
    }
}
