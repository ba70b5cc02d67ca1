using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Transport;
using Loxi.Core;
using Loxi.Linux;

namespace Loxi.Bgp;

/// <content>GTSM on listening sockets (RFC 5082).</content>
public sealed partial class BgpSpeaker
{
    /// <summary>Drops what comes from too far before there is a connection; what was set before is put back when it is refused.</summary>
    private static void SetMinimumTtls(BgpConfiguration configuration, BgpConfiguration? before, List<BgpListener> opened, List<BgpListener> kept, ImmutableArray<Problem>.Builder problems)
    {
        foreach (var listener in opened.Concat(kept))
        {
            try
            {
                listener.SetMinimumTtls(MinimumTtls(configuration, listener));
            }
            catch (LinuxException e)
            {
                problems.Add(Problem.Of(BgpFields.GtsmHops, listener.LocalEndPoint, $"a filter that the kernel takes: {e.Message}{(e.ErrorNumber == Errno.EPERM ? "; since Linux 6.18 a filter on a TCP socket needs the capability CAP_NET_ADMIN" : "")}"));
            }
        }

        foreach (var listener in problems.Count > 0 && before is not null ? kept : [])
        {
            listener.SetMinimumTtls(MinimumTtls(before!, listener));
        }
    }

    // Two links may have a peer of the same link-local address: the laxer one counts, the accepted socket has the other's own.
    private static List<(IPAddress Peer, int MinimumTtl)> MinimumTtls(BgpConfiguration configuration, BgpListener listener) =>
    [
        .. configuration.Peers.Where(peer => peer.Address.AddressFamily == listener.LocalEndPoint.AddressFamily)
            .GroupBy(static peer => new IPAddress(peer.Address.GetAddressBytes()))
            .Select(static peers => (peers.Key, peers.Min(static peer => peer.GtsmHops is { } hops ? 256 - hops : 0)))
            .Where(static peer => peer.Item2 > 0),
    ];
}
