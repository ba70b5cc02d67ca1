namespace Loxi.Bgp.Session;

/// <summary>The send hold time (RFC 9687).</summary>
internal static class SendHold
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(8);

    /// <summary>The configured one, else the larger of 8 minutes and twice the hold time.</summary>
    internal static TimeSpan TimeOf(BgpPeerSettings peer, TimeSpan holdTime)
        => peer.SendHoldTime ?? (holdTime * 2 > Shortest ? holdTime * 2 : Shortest);
}
