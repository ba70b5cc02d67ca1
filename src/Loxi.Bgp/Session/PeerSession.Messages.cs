using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <content>Messages (RFC 4271 8.1.5).</content>
internal sealed partial class PeerSession
{
    /// <summary>A well-formed OPEN (event 19).</summary>
    internal ReadOnlySpan<SessionAction> OpenReceived(int connection, OpenMessage open, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { } found)
        {
            if (found.State != BgpState.OpenSent || found.Negotiated is not null)
            {
                Unexpected(found, now);
            }
            else if (OpenValidator.Refusal(found.Sent, open, _peer) is { } refusal)
            {
                Lose(found, refusal, KeepRule.Never, LossKind.Hard, now);
            }
            else
            {
                Collide(found, open, now);
            }
        }

        return End(now);
    }

    /// <summary>A KEEPALIVE (event 26).</summary>
    internal ReadOnlySpan<SessionAction> KeepaliveReceived(int connection, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { } found)
        {
            if (found.State == BgpState.Established)
            {
                RestartHold(found, now);
            }
            else if (found.State == BgpState.OpenConfirm)
            {
                Establish(found, now);
            }
            else if (found.Negotiated is not null)
            {
                // Ours is held back.
                found.HasKeepalive = true;
            }
            else
            {
                Unexpected(found, now);
            }
        }

        return End(now);
    }

    /// <summary>An UPDATE or a ROUTE-REFRESH (event 27). When the connection is Established nothing but the hold timer is touched, and nothing allocated.</summary>
    internal ReadOnlySpan<SessionAction> RoutesReceived(int connection, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { } found)
        {
            if (found.State != BgpState.Established)
            {
                Unexpected(found, now);
                return End(now);
            }

            RestartHold(found, now);
            Deadline = NextDeadline();
        }

        return [];
    }

    /// <summary>A NOTIFICATION (events 24 and 25): the connection ends, none is sent back.</summary>
    internal ReadOnlySpan<SessionAction> NotificationReceived(int connection, NotificationMessage message, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { } found)
        {
            var notification = new SessionNotification(message.Code, message.Subcode, message.Data);
            LastError = new SessionError(SessionErrorKind.Received, found.State, now, notification, message.Text ?? "");
            Lose(found, null, message.HardReset ? KeepRule.Never : KeepRule.AfterNotification, LossAfter(notification, found), now);
        }

        return End(now);
    }

    /// <summary>Something arrived that the RFCs answer with a NOTIFICATION (events 21, 22 and 28).</summary>
    internal ReadOnlySpan<SessionAction> MessageFailed(int connection, SessionNotification notification, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { } found)
        {
            Lose(found, notification, KeepRule.AfterNotification, LossKind.Hard, now);
        }

        return End(now);
    }

    // RFC 6608: the subcode says in which state.
    private void Unexpected(SessionConnection connection, TimeSpan now)
    {
        var subcode = connection.State switch
        {
            BgpState.Established => StateSubcode.Established,
            BgpState.OpenConfirm => StateSubcode.OpenConfirm,
            _ => StateSubcode.OpenSent,
        };
        Lose(connection, new SessionNotification(BgpErrorCode.FiniteStateMachine, subcode), KeepRule.AfterNotification, LossKind.Hard, now);
    }

    // RFC 4271 6.8: of two connections that of the speaker with the higher identifier stays, in a tie that of the larger AS (RFC 6286 2.3).
    private void Collide(SessionConnection connection, OpenMessage open, TimeSpan now)
    {
        var sent = connection.Sent;
        var ours = sent.Identifier != open.Identifier ? sent.Identifier > open.Identifier : sent.As > open.As;
        var stays = connection.IsOutgoing == ours;
        var other = _connections.Find(other => other != connection);
        if (other is { State: BgpState.Established } || (!stays && other is { Negotiated: not null }))
        {
            End(connection, Cease(CeaseSubcode.CollisionResolution), KeepRule.Never, now);
            return;
        }

        connection.Negotiated = SessionNegotiation.Negotiate(sent, open);
        connection.HoldDeadline = now + (HoldTime(connection) is { Ticks: > 0 } hold ? hold : _peer.OpenHoldTime);
        if (other is null)
        {
            Proceed(connection, now);
        }
        else if (stays)
        {
            End(other, Cease(CeaseSubcode.CollisionResolution), KeepRule.Never, now);
            Proceed(connection, now);
        }
        else
        {
            // The other one stays when its OPEN comes, which must be under way. With our KEEPALIVE this one could be Established
            // on one side when the other side drops it.
            connection.YieldDeadline = now + YieldTime;
        }
    }

    // OPENs agree.
    private void Proceed(SessionConnection connection, TimeSpan now)
    {
        connection.YieldDeadline = TimeSpan.MaxValue;
        StopAttempts();
        if (MustWaitForBfd(connection.Negotiated!))
        {
            connection.WaitsForBfd = true;
            connection.HoldDeadline = now + (HoldTime(connection) is { Ticks: > 0 } hold ? hold : BfdHoldTime);
            return;
        }

        SendFirstKeepalive(connection, now);
    }

    private void SendFirstKeepalive(SessionConnection connection, TimeSpan now)
    {
        connection.WaitsForBfd = false;
        connection.State = BgpState.OpenConfirm;
        Act(SessionActionKind.SendKeepalive, connection.Id);
        RestartKeepalive(connection, now);
        // Without a hold time the wait for the peer's would have no end.
        connection.HoldDeadline = now + (HoldTime(connection) is { Ticks: > 0 } hold ? hold : _peer.OpenHoldTime);
        if (connection.HasKeepalive)
        {
            Establish(connection, now);
        }
    }

    private void Establish(SessionConnection connection, TimeSpan now)
    {
        foreach (var other in _connections.ToArray())
        {
            if (other != connection)
            {
                End(other, Cease(CeaseSubcode.CollisionResolution), KeepRule.Never, now);
            }
        }

        StopAttempts();
        connection.State = BgpState.Established;
        connection.EstablishedAt = now;
        RestartHold(connection, now);
        StartSendHold(connection, now);
        EstablishedCount++;
        _quickRetries = 0;
        _wasEstablished = true;
        ReviewStale(connection.Negotiated!, now);
        _actions.Add(new SessionAction(SessionActionKind.Up, connection.Id) { Session = connection.Negotiated });
    }

    private void StopAttempts()
    {
        if (_phase is SessionPhase.Connecting or SessionPhase.Waiting)
        {
            Halt(SessionPhase.Waiting, TimeSpan.MaxValue);
        }
    }

    private static LossKind LossAfter(SessionNotification notification, SessionConnection connection)
    {
        if (notification is { Code: BgpErrorCode.FiniteStateMachine, Subcode: 0 } && connection.State != BgpState.Established)
        {
            return LossKind.Quick;
        }

        // What the other side does on purpose is no flap.
        var isSoft = notification.Code == BgpErrorCode.Cease && (connection.State != BgpState.Established
            || notification.Subcode is CeaseSubcode.CollisionResolution or CeaseSubcode.AdministrativeReset or CeaseSubcode.OtherConfigurationChange);
        return isSoft ? LossKind.Soft : LossKind.Hard;
    }
}
