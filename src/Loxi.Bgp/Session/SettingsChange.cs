namespace Loxi.Bgp.Session;

/// <summary>Which changes of settings end a session: those that the OPEN or the TCP connection says. All others never touch it.</summary>
internal static class SettingsChange
{
    internal static bool NeedsReset(BgpSpeakerSettings oldSpeaker, BgpPeerSettings oldPeer, BgpSpeakerSettings speaker, BgpPeerSettings peer)
        => SaidInOpen(oldSpeaker, oldPeer) != SaidInOpen(speaker, peer) || SaidByTcp(oldPeer) != SaidByTcp(peer)
            || !oldPeer.Families.SequenceEqual(peer.Families) || !Equals(oldPeer.LocalAddress, peer.LocalAddress);

    private static (uint Id, uint LocalAs, uint RemoteAs, TimeSpan Hold, TimeSpan? Stale, (bool Receive, bool Send, bool Graceful) Routes,
        (BgpRole? Role, bool Strict, bool NextHop6, bool Extended) Capabilities) SaidInOpen(BgpSpeakerSettings speaker, BgpPeerSettings peer)
        => (LocalOpen.Identifier(speaker), LocalOpen.LocalAs(speaker, peer), peer.RemoteAs, peer.HoldTime, peer.LongLivedStaleTime,
            (peer.AddPathReceive, peer.AddPathSend > 1, peer.GracefulRestart), (peer.Role, peer.RoleStrict, peer.Ipv4OverIpv6NextHop, peer.ExtendedMessages));

    private static (int Port, string? Interface, int Ttl, int? Gtsm, string? Password, BgpTcpAoKey? Key) SaidByTcp(BgpPeerSettings peer)
        => (peer.RemotePort, peer.Interface, peer.MultihopTtl, peer.GtsmHops, peer.Md5Password, peer.TcpAo);
}
