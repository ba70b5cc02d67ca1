using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>One TCP connection of a session, from its OPEN on (a session has two of them in a collision, RFC 4271 6.8).</summary>
internal sealed class SessionConnection(int id, bool isOutgoing, OpenMessage sent)
{
    internal int Id { get; } = id;

    /// <summary>We made it.</summary>
    internal bool IsOutgoing { get; } = isOutgoing;

    internal OpenMessage Sent { get; } = sent;

    /// <summary>OpenSent, OpenConfirm or Established.</summary>
    internal BgpState State { get; set; } = BgpState.OpenSent;

    /// <summary>From the peer's OPEN on.</summary>
    internal NegotiatedSession? Negotiated { get; set; }

    /// <summary>Our KEEPALIVE is held back until BFD is Up (draft-ietf-idr-bgp-bfd-strict-mode).</summary>
    internal bool WaitsForBfd { get; set; }

    /// <summary>Our KEEPALIVE is held back until then at most, because the other connection is the one that stays in the collision once its OPEN has come.</summary>
    internal TimeSpan YieldDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>The peer's KEEPALIVE came while ours was held back.</summary>
    internal bool HasKeepalive { get; set; }

    internal TimeSpan EstablishedAt { get; set; }

    internal TimeSpan HoldDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>The hold timer was put off once, because octets were waiting unread when it expired.</summary>
    internal bool HoldExtended { get; set; }

    internal TimeSpan KeepaliveDeadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>When the last KEEPALIVE was sent.</summary>
    internal TimeSpan KeepaliveAt { get; set; }

    internal TimeSpan SendDeadline { get; set; } = TimeSpan.MaxValue;

    internal TimeSpan Deadline
    {
        get
        {
            var first = HoldDeadline < KeepaliveDeadline ? HoldDeadline : KeepaliveDeadline;
            first = first < SendDeadline ? first : SendDeadline;
            return first < YieldDeadline ? first : YieldDeadline;
        }
    }
}
