using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <content>BFD with the peer (RFC 5882, 9384, draft-ietf-idr-bgp-bfd-strict-mode).</content>
internal sealed partial class PeerSession
{
    private BfdPath _bfd = BfdPath.Down;

    private enum BfdPath : byte
    {
        /// <summary>Not Up, whatever it was before.</summary>
        Down,
        Up,

        /// <summary>Taken out of use by either side: says nothing about the path (RFC 5882 3.2).</summary>
        AdminDown,
    }

    /// <summary>BFD is Up: who waits for it goes on.</summary>
    internal ReadOnlySpan<SessionAction> BfdUp(TimeSpan now)
    {
        Begin();
        _bfd = BfdPath.Up;
        ReleaseWaits(now);
        return End(now);
    }

    /// <summary>BFD has gone Down. Only from Up it is news: a session that came up without BFD stays.</summary>
    /// <param name="controlPlaneIndependent">The peer's C bit: its BFD shares no fate with its BGP, so the path is gone and not only the program (RFC 5882 4.3).</param>
    /// <param name="now">The time.</param>
    internal ReadOnlySpan<SessionAction> BfdDown(bool controlPlaneIndependent, TimeSpan now)
    {
        Begin();
        var wasUp = _bfd == BfdPath.Up;
        _bfd = BfdPath.Down;
        if (wasUp && _peer.Bfd != BgpBfdMode.Off)
        {
            foreach (var connection in _connections.ToArray())
            {
                if (_connections.Contains(connection) && (connection.State == BgpState.Established || (connection.Negotiated is { } negotiated && IsStrict(negotiated))))
                {
                    Lose(connection, Cease(CeaseSubcode.BfdDown), controlPlaneIndependent ? KeepRule.Never : KeepRule.AfterLoss, LossKind.Hard, now);
                }
            }
        }

        return End(now);
    }

    /// <summary>BFD was taken out of use by either side: never resets a session, and nobody waits for it (RFC 5882 3.2).</summary>
    internal ReadOnlySpan<SessionAction> BfdAdminDown(TimeSpan now)
    {
        Begin();
        _bfd = BfdPath.AdminDown;
        ReleaseWaits(now);
        return End(now);
    }

    private bool IsStrict(NegotiatedSession negotiated) => _peer.Bfd switch
    {
        BgpBfdMode.StrictLocal => true,
        BgpBfdMode.Strict => negotiated is { Sent.Capabilities.BfdStrict: true, Received.Capabilities.BfdStrict: true },
        _ => false,
    };

    private bool MustWaitForBfd(NegotiatedSession negotiated) => _bfd == BfdPath.Down && IsStrict(negotiated);

    private void ReleaseWaits(TimeSpan now)
    {
        foreach (var connection in _connections.ToArray())
        {
            if (connection.WaitsForBfd && !MustWaitForBfd(connection.Negotiated!))
            {
                SendFirstKeepalive(connection, now);
            }
        }
    }
}
