using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <content>Timers (RFC 4271 8.1.3, RFC 9687).</content>
internal sealed partial class PeerSession
{
    // RFC 4271 4.4: KEEPALIVEs are at least a second apart.
    private static readonly TimeSpan ShortestKeepaliveTime = TimeSpan.FromSeconds(1);

    private static TimeSpan HoldTime(SessionConnection connection) => TimeSpan.FromSeconds(connection.Negotiated!.HoldTime);

    private static void RestartHold(SessionConnection connection, TimeSpan now)
    {
        var hold = HoldTime(connection);
        connection.HoldDeadline = hold > TimeSpan.Zero ? now + hold : TimeSpan.MaxValue;
        connection.HoldExtended = false;
    }

    private void RestartKeepalive(SessionConnection connection, TimeSpan now)
    {
        var hold = HoldTime(connection);
        if (hold == TimeSpan.Zero)
        {
            connection.KeepaliveDeadline = TimeSpan.MaxValue;
            return;
        }

        var interval = hold / 3;
        interval = _peer.KeepaliveInterval is { } asked && asked < interval ? asked : interval;
        connection.KeepaliveAt = now;
        var jittered = interval * (0.75 + (_random.NextDouble() * 0.25));
        connection.KeepaliveDeadline = now + (jittered > ShortestKeepaliveTime ? jittered : ShortestKeepaliveTime);
    }

    // A peer that connects anew may have lost the session without our knowing: its system resets the old connection when something comes on it.
    private void Probe(SessionConnection connection, TimeSpan now)
    {
        if (connection.KeepaliveDeadline != TimeSpan.MaxValue && now - connection.KeepaliveAt >= ShortestKeepaliveTime)
        {
            Act(SessionActionKind.SendKeepalive, connection.Id);
            RestartKeepalive(connection, now);
        }
    }

    private void StartSendHold(SessionConnection connection, TimeSpan now)
    {
        var hold = HoldTime(connection);
        if (hold == TimeSpan.Zero)
        {
            // RFC 9687 3.1: nothing has to be sent, so nothing says that the peer does not read.
            return;
        }

        connection.SendDeadline = now + SendHold.TimeOf(_peer, hold);
    }

    private void TickConnection(SessionConnection connection, TimeSpan now, Func<int, bool>? hasUnread)
    {
        if (now >= connection.SendDeadline)
        {
            Lose(connection, new SessionNotification(BgpErrorCode.SendHoldTimerExpired, 0), KeepRule.AfterNotification, LossKind.Hard, now);
        }
        else if (now >= connection.HoldDeadline)
        {
            if (!connection.HoldExtended && hasUnread?.Invoke(connection.Id) == true)
            {
                connection.HoldExtended = true;
                connection.HoldDeadline = now + ShortestKeepaliveTime;
                return;
            }

            ExpireHold(connection, now);
        }
        else if (now >= connection.YieldDeadline)
        {
            Proceed(connection, now);
        }
        else if (now >= connection.KeepaliveDeadline)
        {
            Act(SessionActionKind.SendKeepalive, connection.Id);
            RestartKeepalive(connection, now);
        }
    }

    private void ExpireHold(SessionConnection connection, TimeSpan now)
    {
        var notification = connection.WaitsForBfd && connection.Negotiated!.HoldTime == 0
            ? Cease(CeaseSubcode.BfdDown)
            : new SessionNotification(BgpErrorCode.HoldTimerExpired, 0);
        Lose(connection, notification, KeepRule.AfterNotification, connection.State == BgpState.OpenSent ? LossKind.Soft : LossKind.Hard, now);
    }

    private void TickPhase(TimeSpan now)
    {
        if (now < _phaseDeadline)
        {
            return;
        }

        if (_phase == SessionPhase.Connecting)
        {
            // RFC 4271 8.2.2, Connect, event 9.
            Act(SessionActionKind.AbortConnect);
        }

        Attempt(now);
    }
}
