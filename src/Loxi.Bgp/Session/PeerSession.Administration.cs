using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <content>What administrators and the RIB ask for.</content>
internal sealed partial class PeerSession
{
    private const int LongestShutdownText = 255;

    /// <summary>What the first OPENs say about an own restart; before <see cref="Start"/>.</summary>
    internal void SetRestarted(RestartState restart) => _restart = restart;

    /// <summary>Starts it, unless the peer is administratively down (RFC 4271 8.1.2, events 1 and 4).</summary>
    internal ReadOnlySpan<SessionAction> Start(TimeSpan now)
    {
        Begin();
        if (_phase == SessionPhase.Stopped && !_peer.AdministrativelyDown)
        {
            Attempt(now);
        }

        return End(now);
    }

    /// <summary>Ends it until <see cref="Start"/> (event 2).</summary>
    internal ReadOnlySpan<SessionAction> Stop(SessionStopKind kind, string text, TimeSpan now)
    {
        Begin();
        var graceful = kind == SessionStopKind.Restart && Negotiated?.PeerGracefulRestart is not null;
        var notification = kind switch
        {
            SessionStopKind.Deleted => Cease(CeaseSubcode.PeerDeconfigured),
            SessionStopKind.OutOfResources => Cease(CeaseSubcode.OutOfResources),
            _ => new SessionNotification(BgpErrorCode.Cease, CeaseSubcode.AdministrativeShutdown, ShutdownText(text)),
        };
        // RFC 4724 4: a NOTIFICATION would make the peer drop our routes.
        EndAll(connection => graceful && connection.State == BgpState.Established ? null : notification, KeepRule.Never, now);
        Halt(SessionPhase.Stopped, TimeSpan.MaxValue);
        PurgeAll();
        return End(now);
    }

    /// <summary>Ends it with Cease 6/4 and starts it at once, also out of a hold. A stopped one stays so.</summary>
    internal ReadOnlySpan<SessionAction> Reset(string text, TimeSpan now)
    {
        Begin();
        Restart(new SessionNotification(BgpErrorCode.Cease, CeaseSubcode.AdministrativeReset, ShutdownText(text)), now);
        return End(now);
    }

    /// <summary>Takes new settings. Only what the OPEN or the TCP connection says ends the session, with Cease 6/6.</summary>
    internal ReadOnlySpan<SessionAction> Apply(BgpSpeakerSettings speaker, BgpPeerSettings peer, TimeSpan now)
    {
        var isReset = SettingsChange.NeedsReset(_speaker, _peer, speaker, peer);
        var (wasDown, limit) = (_peer.AdministrativelyDown, _peer.PrefixLimit);
        (_speaker, _peer) = (speaker, peer);
        if (peer.AdministrativelyDown != wasDown)
        {
            return peer.AdministrativelyDown ? Stop(SessionStopKind.Shutdown, "", now) : Start(now);
        }

        Begin();
        if (isReset)
        {
            Restart(Cease(CeaseSubcode.OtherConfigurationChange), now);
        }
        else if (_isOverLimit && peer.PrefixLimit != limit)
        {
            Attempt(now);
        }
        else
        {
            FollowPassive(now);
            ReleaseWaits(now);
        }

        return End(now);
    }

    /// <summary>The peer has announced more prefixes of a family than it may (RFC 4486 4): Cease 6/1.</summary>
    internal ReadOnlySpan<SessionAction> PrefixLimitExceeded(int connection, BgpFamily family, TimeSpan now)
    {
        Begin();
        if (Find(connection) is { State: BgpState.Established } established)
        {
            var data = new byte[7];
            BinaryPrimitives.WriteUInt16BigEndian(data, FamilyCode.Afi(family));
            data[2] = FamilyCode.Unicast;
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(3), (uint)(_peer.PrefixLimit ?? 0));
            End(established, new SessionNotification(BgpErrorCode.Cease, CeaseSubcode.MaximumPrefixes, [.. data]), KeepRule.Never, now);
            PurgeAll();
            _isOverLimit = true;
            Halt(SessionPhase.Held, _peer.PrefixLimitRestart is { } restart ? now + restart : TimeSpan.MaxValue);
        }

        return End(now);
    }

    private void Restart(SessionNotification notification, TimeSpan now)
    {
        if (_phase == SessionPhase.Stopped)
        {
            return;
        }

        EndAll(_ => notification, KeepRule.AfterNotification, now);

        Halt(SessionPhase.Waiting, TimeSpan.MaxValue);
        _backoff.Reset();
        _quickRetries = 0;
        Attempt(now);
    }

    private void EndAll(Func<SessionConnection, SessionNotification?> notification, KeepRule keep, TimeSpan now)
    {
        var connections = _connections.ToArray();
        foreach (var connection in connections)
        {
            // The end of one must not set the other going.
            connection.YieldDeadline = TimeSpan.MaxValue;
        }

        foreach (var connection in connections)
        {
            End(connection, notification(connection), keep, now);
        }
    }

    // Passive was switched while no connection is under way.
    private void FollowPassive(TimeSpan now)
    {
        if (_peer.Passive && _phase == SessionPhase.Connecting)
        {
            Halt(SessionPhase.Waiting, TimeSpan.MaxValue);
        }
        else if (!_peer.Passive && _phase == SessionPhase.Waiting && _connections.Count == 0 && _phaseDeadline == TimeSpan.MaxValue)
        {
            Attempt(now);
        }
    }

    private void Attempt(TimeSpan now)
    {
        _isOverLimit = false;
        if (_peer.Passive)
        {
            (_phase, _phaseDeadline) = (SessionPhase.Waiting, TimeSpan.MaxValue);
            return;
        }

        (_phase, _phaseDeadline) = (SessionPhase.Connecting, now + NextDelay());
        Act(SessionActionKind.Connect);
    }

    private void Halt(SessionPhase phase, TimeSpan deadline)
    {
        if (_phase == SessionPhase.Connecting)
        {
            Act(SessionActionKind.AbortConnect);
        }

        (_phase, _phaseDeadline) = (phase, deadline);
    }

    private TimeSpan NextDelay() => _backoff.Next(_peer.ConnectRetryTime, _peer.ConnectRetryLimit);

    // RFC 9003 2: length, then UTF-8; cut at a whole character.
    private static ImmutableArray<byte> ShutdownText(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var data = new byte[1 + LongestShutdownText];
        Encoding.UTF8.GetEncoder().Convert(text, data.AsSpan(1), flush: false, out _, out var length, out _);
        data[0] = (byte)length;
        return [.. data.AsSpan(0, length + 1)];
    }
}
