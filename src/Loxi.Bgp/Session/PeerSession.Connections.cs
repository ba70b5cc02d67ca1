using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <content>TCP connections (RFC 4271 8.1.4).</content>
internal sealed partial class PeerSession
{
    /// <summary>The own attempt has succeeded (events 16 and 17).</summary>
    internal ReadOnlySpan<SessionAction> Connected(int connection, TimeSpan now)
    {
        Begin();
        if (_phase == SessionPhase.Connecting)
        {
            (_phase, _phaseDeadline) = (SessionPhase.Waiting, TimeSpan.MaxValue);
            Open(connection, isOutgoing: true, now);
        }
        else
        {
            Act(SessionActionKind.Close, connection);
        }

        return End(now);
    }

    /// <summary>The own attempt has failed (event 18). The next one comes when the ConnectRetry timer expires, which runs on.</summary>
    internal ReadOnlySpan<SessionAction> ConnectFailed(string reason, TimeSpan now)
    {
        Begin();
        if (_phase == SessionPhase.Connecting)
        {
            _phase = SessionPhase.Waiting;
            LastError = new SessionError(SessionErrorKind.ConnectFailed, BgpState.Connect, now, null, reason);
        }

        return End(now);
    }

    /// <summary>The peer has connected to us (event 17).</summary>
    internal ReadOnlySpan<SessionAction> Accepted(int connection, TimeSpan now)
    {
        Begin();
        if (_phase is SessionPhase.Stopped or SessionPhase.Held)
        {
            Refuse(connection, Cease(_peer.AdministrativelyDown ? CeaseSubcode.AdministrativeShutdown : CeaseSubcode.ConnectionRejected));
            return End(now);
        }

        if (Established is { } established)
        {
            if (established.Negotiated!.PeerGracefulRestart is null)
            {
                // RFC 4271 6.8: the Established one stays.
                Refuse(connection, Cease(CeaseSubcode.CollisionResolution));
                Probe(established, now);
                return End(now);
            }

            // RFC 4724 4.2: the peer has restarted and the old connection is gone without a word; none is sent on it.
            LastError = new SessionError(SessionErrorKind.Replaced, BgpState.Established, now, null, "");
            Lose(established, null, KeepRule.AfterLoss, LossKind.Soft, now);
        }
        else if (_connections.Find(static other => !other.IsOutgoing) is { } older)
        {
            // A peer has one attempt at a time: it has given up the older one.
            End(older, Cease(CeaseSubcode.CollisionResolution), KeepRule.Never, now);
        }

        Open(connection, isOutgoing: false, now);
        return End(now);
    }

    /// <summary>The connection has ended without a NOTIFICATION (event 18).</summary>
    internal ReadOnlySpan<SessionAction> Closed(int connection, string reason, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { } found)
        {
            LastError = new SessionError(SessionErrorKind.ConnectionLost, found.State, now, null, reason);
            Lose(found, null, KeepRule.AfterLoss, found.State == BgpState.Established ? LossKind.Hard : LossKind.Soft, now);
        }

        return End(now);
    }

    /// <summary>All that was given to the connection so far is in the hands of the kernel (RFC 9687: restarts the send hold timer).</summary>
    internal void Sent(int connection, TimeSpan now)
    {
        if (Find(connection) is { State: BgpState.Established } found)
        {
            StartSendHold(found, now);
            Deadline = NextDeadline();
        }
    }

    private void Open(int id, bool isOutgoing, TimeSpan now)
    {
        var open = LocalOpen.Create(_speaker, _peer, _restart.Restarted && !_wasEstablished, _wasEstablished ? _peer.Families : _restart.ForwardingKept);
        // RFC 4271 8.2.2: a "large value" until the peer's OPEN says which.
        _connections.Add(new SessionConnection(id, isOutgoing, open) { HoldDeadline = now + _peer.OpenHoldTime });
        _actions.Add(new SessionAction(SessionActionKind.SendOpen, id) { Open = open });
    }

    /// <summary>Ends a connection, and what depends on it.</summary>
    private void End(SessionConnection connection, SessionNotification? notification, KeepRule keep, TimeSpan now)
    {
        _connections.Remove(connection);
        if (notification is not null)
        {
            var sent = HardReset.Wrap(notification, connection);
            // The end of one of two connections in a collision is no error.
            LastError = sent is { Code: BgpErrorCode.Cease, Subcode: CeaseSubcode.CollisionResolution } ? LastError : new SessionError(SessionErrorKind.Sent, connection.State, now, sent, "");
            Refuse(connection.Id, sent);
        }
        else
        {
            Act(SessionActionKind.Close, connection.Id);
        }

        if (connection.State == BgpState.Established)
        {
            LostCount++;
            GoDown(connection.Negotiated!, keep, now);
        }

        if (_connections.Find(static other => other.YieldDeadline != TimeSpan.MaxValue) is { } yielding)
        {
            Proceed(yielding, now);
        }
    }

    /// <summary>Ends a connection that has failed, and says when to try again.</summary>
    private void Lose(SessionConnection connection, SessionNotification? notification, KeepRule keep, LossKind loss, TimeSpan now)
    {
        End(connection, notification, keep, now);
        if (connection.State == BgpState.Established && now - connection.EstablishedAt >= StableTime)
        {
            _backoff.Reset();
            loss = LossKind.Soft;
        }

        // While the other connection of the two makes progress, it decides. An own attempt goes on.
        if (_phase != SessionPhase.Waiting || _connections.Exists(static other => other.IsOutgoing || other.Negotiated is not null))
        {
            return;
        }

        if (loss == LossKind.Quick && _quickRetries < QuickRetryLimit)
        {
            _quickRetries++;
            RetryAt(now + QuickRetryTime);
        }
        else if (loss == LossKind.Hard && _connections.Count == 0)
        {
            (_phase, _phaseDeadline) = (SessionPhase.Held, now + NextDelay());
        }
        else
        {
            RetryAt(now + NextDelay());
        }
    }

    private void RetryAt(TimeSpan time) => _phaseDeadline = _peer.Passive ? TimeSpan.MaxValue : Earlier(_phaseDeadline, time);
}
