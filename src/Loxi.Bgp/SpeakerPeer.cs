using System.Collections.Immutable;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Session;
using Loxi.Bgp.Transport;

namespace Loxi.Bgp;

/// <summary>A peer of the speaker: its session, its part of the RIB, and how its sessions ended.</summary>
/// <param name="key">The peer.</param>
/// <param name="range">The range that a dynamic peer came from.</param>
/// <param name="session">Its part of the RIB.</param>
internal sealed class SpeakerPeer(BgpPeerKey key, BgpPeerRange? range, SharedRibSession session)
{
    private const int KeptEnds = 16;

    private readonly Queue<BgpSessionEnd> _ends = new(KeptEnds);
    private readonly Lock _gate = new();
    private SessionError? _lastError;
    private BgpSessionEnd? _lastEnd;

    internal BgpPeerKey Key => key;

    /// <summary>The range that a dynamic peer came from, as it is now.</summary>
    internal BgpPeerRange? Range { get; set; } = range;

    internal SharedRibSession Rib => session;

    internal required PeerRunner Runner { get; init; }

    internal BgpSessionEnd? LastEnd
    {
        get
        {
            lock (_gate)
            {
                return _lastEnd;
            }
        }
    }

    /// <summary>Whether its session is up and it has told all routes of every family.</summary>
    internal bool HasToldAll => Runner.GetStatus().Session is { } established
        && established.Negotiated.Families.All(family => family == BgpFamily.Ipv4Unicast ? Rib.IsEndOfRibIpv4 : Rib.IsEndOfRibIpv6);

    /// <summary>Whether after an own restart its routes are waited for: not of one that restarts too, or shows no graceful restart (RFC 4724 4.1).</summary>
    internal bool HoldsUpChoice
    {
        get
        {
            if (!Runner.Settings.GracefulRestart || Runner.Settings.AdministrativelyDown)
            {
                return false;
            }

            return Runner.GetStatus().Session is { Negotiated.PeerGracefulRestart: var restart } ? restart is { Restarted: false } && !HasToldAll : true;
        }
    }

    /// <summary>The oldest first.</summary>
    internal ImmutableArray<BgpSessionEnd> Ends
    {
        get
        {
            lock (_gate)
            {
                return _lastEnd is null ? [] : [.. _ends, _lastEnd];
            }
        }
    }

    /// <summary>Notes an end; one that was noted already, or none, changes nothing.</summary>
    internal void Note(SessionError? error, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (error is null || ReferenceEquals(error, _lastError))
            {
                return;
            }

            _lastError = error;
            BgpSessionEnd end = new(now, SessionErrorText.Of(error))
            {
                State = error.State,
                IsRemote = error.Kind is SessionErrorKind.Received or SessionErrorKind.ConnectionLost or SessionErrorKind.Replaced,
                Code = (byte?)error.Notification?.Code,
                Subcode = error.Notification?.Subcode,
            };
            if (_lastEnd is { } last && last with { Time = now, Count = 1 } == end)
            {
                _lastEnd = end with { Count = last.Count + 1 };
                return;
            }

            if (_lastEnd is not null)
            {
                if (_ends.Count == KeptEnds - 1)
                {
                    _ends.Dequeue();
                }

                _ends.Enqueue(_lastEnd);
            }

            _lastEnd = end;
        }
    }
}
