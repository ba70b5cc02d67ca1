using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>
/// The session with one peer as a pure state machine (RFC 4271 8): events and the time go in, actions and the next deadline come out. No socket,
/// no clock, no thread of its own; not safe for concurrent calls. Times are of one clock that never goes back.
/// </summary>
/// <remarks>
/// <para>
/// It holds up to two connections, one made by each side (RFC 4271 6.8). The caller numbers them: a number is never used again. Each event
/// returns what is to be done, in order; the span is valid until the next event.
/// </para>
/// <para>The caller must call <see cref="Tick"/> not later than <see cref="Deadline"/>. Events of connections that the session has closed already are ignored.</para>
/// </remarks>
internal sealed partial class PeerSession
{
    /// <summary>How long a session must have been Established before the back-off begins anew.</summary>
    internal static readonly TimeSpan StableTime = TimeSpan.FromSeconds(30);

    /// <summary>How long the End-of-RIB of a peer that is back may take before what is still stale is withdrawn (RFC 4724 4.2).</summary>
    internal static readonly TimeSpan EndOfRibTime = TimeSpan.FromSeconds(360);

    /// <summary>Bounds the wait for BFD where the negotiated hold time is 0 and does not (draft-ietf-idr-bgp-bfd-strict-mode).</summary>
    internal static readonly TimeSpan BfdHoldTime = TimeSpan.FromSeconds(30);

    /// <summary>Retry after a NOTIFICATION 5/0: some peers answer so while a connection of their own is under way.</summary>
    internal static readonly TimeSpan QuickRetryTime = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a connection that a collision will end waits for the OPEN of the other one.</summary>
    internal static readonly TimeSpan YieldTime = TimeSpan.FromSeconds(1);

    private const int QuickRetryLimit = 3;

    private readonly List<SessionAction> _actions = [];
    private readonly List<SessionConnection> _connections = [];
    private readonly StaleRoutes[] _stale = [new(), new()];
    private readonly Random _random;
    private readonly RetryBackoff _backoff;
    private BgpSpeakerSettings _speaker;
    private BgpPeerSettings _peer;
    private RestartState _restart = RestartState.None;
    private SessionPhase _phase;
    private TimeSpan _phaseDeadline = TimeSpan.MaxValue;
    private int _quickRetries;
    private bool _wasEstablished;
    private bool _isOverLimit;

    internal PeerSession(BgpSpeakerSettings speaker, BgpPeerSettings peer, Random random)
    {
        (_speaker, _peer, _random) = (speaker, peer, random);
        _backoff = new RetryBackoff(random);
    }

    internal BgpPeerSettings Settings => _peer;

    internal BgpState State { get; private set; }

    /// <summary>When the state was entered.</summary>
    internal TimeSpan Since { get; private set; }

    /// <summary>When the next <see cref="Tick"/> is due; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    internal TimeSpan Deadline { get; private set; } = TimeSpan.MaxValue;

    internal SessionError? LastError { get; private set; }

    /// <summary>Why no session is tried, or does not go on; null when nothing stands against it.</summary>
    internal HoldReason? Hold => _phase switch
    {
        SessionPhase.Stopped => _peer.AdministrativelyDown ? HoldReason.AdministrativelyDown : HoldReason.Stopped,
        SessionPhase.Held => _isOverLimit ? HoldReason.PrefixLimit : HoldReason.Damping,
        _ => _connections.Exists(static connection => connection.WaitsForBfd) ? HoldReason.WaitsForBfd : null,
    };

    /// <summary>What was agreed in the Established session; null when there is none.</summary>
    internal NegotiatedSession? Negotiated => Established?.Negotiated;

    /// <summary>How often the session was Established.</summary>
    internal long EstablishedCount { get; private set; }

    /// <summary>How often it ended after that.</summary>
    internal long LostCount { get; private set; }

    internal int EstablishedConnection => Established?.Id ?? 0;

    private SessionConnection? Established => _connections.Find(static connection => connection.State == BgpState.Established);

    /// <summary>Time has passed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="hasUnread">Whether octets of a connection wait unread: then an expired hold timer is put off once, so that a process that was held up does not take its own absence for the peer's.</param>
    internal ReadOnlySpan<SessionAction> Tick(TimeSpan now, Func<int, bool>? hasUnread = null)
    {
        Begin();
        foreach (var connection in _connections.ToArray())
        {
            if (_connections.Contains(connection))
            {
                TickConnection(connection, now, hasUnread);
            }
        }

        TickPhase(now);
        TickStale(now);
        return End(now);
    }

    private void Begin() => _actions.Clear();

    private ReadOnlySpan<SessionAction> End(TimeSpan now)
    {
        var state = CurrentState();
        if (state != State)
        {
            (State, Since) = (state, now);
        }

        Deadline = NextDeadline();
        return CollectionsMarshal.AsSpan(_actions);
    }

    private BgpState CurrentState()
    {
        var best = BgpState.Idle;
        foreach (var connection in _connections)
        {
            best = connection.State > best ? connection.State : best;
        }

        return best != BgpState.Idle ? best : _phase switch
        {
            SessionPhase.Connecting => BgpState.Connect,
            SessionPhase.Waiting => BgpState.Active,
            _ => BgpState.Idle,
        };
    }

    private TimeSpan NextDeadline()
    {
        var first = _phaseDeadline;
        foreach (var connection in _connections)
        {
            first = Earlier(first, connection.Deadline);
        }

        foreach (var stale in _stale)
        {
            first = Earlier(first, stale.First);
        }

        return first;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // A loop: a lambda over the number would be an allocation for each message.
    private SessionConnection? Find(int id)
    {
        foreach (var connection in _connections)
        {
            if (connection.Id == id)
            {
                return connection;
            }
        }

        return null;
    }

    private void Act(SessionActionKind kind, int connection = 0) => _actions.Add(new SessionAction(kind, connection));

    private void ActOn(SessionActionKind kind, ImmutableArray<BgpFamily> families) => _actions.Add(new SessionAction(kind) { Families = families });

    private void Refuse(int connection, SessionNotification notification)
    {
        _actions.Add(new SessionAction(SessionActionKind.SendNotification, connection) { Notification = notification });
        Act(SessionActionKind.Close, connection);
    }

    private static SessionNotification Cease(byte subcode) => new(BgpErrorCode.Cease, subcode);
}
