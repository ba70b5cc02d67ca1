using System.Buffers.Binary;
using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>The OPEN that we send.</summary>
internal static class LocalOpen
{
    internal static uint LocalAs(BgpSpeakerSettings speaker, BgpPeerSettings peer) => peer.LocalAs ?? speaker.LocalAs;

    internal static bool IsExternal(BgpSpeakerSettings speaker, BgpPeerSettings peer) => LocalAs(speaker, peer) != peer.RemoteAs;

    internal static uint Identifier(BgpSpeakerSettings speaker)
    {
        Span<byte> bytes = stackalloc byte[4];
        speaker.RouterId.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <param name="speaker">Who we are.</param>
    /// <param name="peer">To whom.</param>
    /// <param name="restarted">R (RFC 4724 3).</param>
    /// <param name="forwardingKept">Families with F.</param>
    internal static OpenMessage Create(BgpSpeakerSettings speaker, BgpPeerSettings peer, bool restarted, ImmutableArray<BgpFamily> forwardingKept)
    {
        var external = IsExternal(speaker, peer);
        return new OpenMessage
        {
            As = LocalAs(speaker, peer),
            HoldTime = (ushort)peer.HoldTime.TotalSeconds,
            Identifier = Identifier(speaker),
            Capabilities = new Capabilities
            {
                Families = peer.Families,
                HasMultiprotocol = true,
                RouteRefresh = true,
                EnhancedRouteRefresh = true,
                Ipv4OverIpv6NextHop = OffersIpv6NextHop(peer),
                ExtendedMessage = peer.ExtendedMessages,
                Role = external ? peer.Role : null,
                FourOctetAs = LocalAs(speaker, peer),
                AddPath = AddPath(peer),
                GracefulRestart = peer.GracefulRestart
                    ? new GracefulRestartCapability(restarted, true, (ushort)speaker.RestartTime.TotalSeconds, [.. peer.Families.Select(family => (family, forwardingKept.Contains(family)))])
                    : null,
                LongLived = peer is { GracefulRestart: true, LongLivedStaleTime: { } stale }
                    ? [.. peer.Families.Select(family => new LongLivedCapability(family, forwardingKept.Contains(family), (uint)stale.TotalSeconds))]
                    : [],
                BfdStrict = peer.Bfd is BgpBfdMode.Strict or BgpBfdMode.StrictLocal,
            },
        };
    }

    private static bool OffersIpv6NextHop(BgpPeerSettings peer)
        => peer.Families.Contains(BgpFamily.Ipv4Unicast) && (peer.Ipv4OverIpv6NextHop || peer.Address.IsIPv6LinkLocal);

    private static ImmutableArray<AddPathCapability> AddPath(BgpPeerSettings peer)
        => peer.AddPathReceive || peer.AddPathSend > 1
            ? [.. peer.Families.Select(family => new AddPathCapability(family, peer.AddPathReceive, peer.AddPathSend > 1))]
            : [];
}
