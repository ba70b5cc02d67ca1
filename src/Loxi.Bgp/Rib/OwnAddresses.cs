using System.Net;
using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;

namespace Loxi.Bgp.Rib;

/// <summary>Own addresses on the link of a session: the next hops that can be told over it beside the one that it uses.</summary>
internal sealed class OwnAddresses(NetworkNamespace? networkNamespace)
{
    /// <summary>Not, or not for long, an address of ours.</summary>
    private const AddressFlags Unusable = AddressFlags.Tentative | AddressFlags.DadFailed | AddressFlags.Deprecated;

    internal SessionAddresses Of(IPAddress local, IPAddress remote)
    {
        SessionAddresses addresses = new(local, remote);
        try
        {
            using var client = new RtnetlinkClient(networkNamespace);
            var all = client.GetAddresses();
            var link = all.FirstOrDefault(a => Same(a.Local.ToIPAddress(), local)).InterfaceIndex;
            // Host addresses are VIPs as a rule, which move: others first.
            var onLink = all.Where(a => a.InterfaceIndex == link && link != 0 && (a.Flags & Unusable) == 0)
                .OrderBy(static a => a.PrefixLength == (a.Local.Family == AddressFamily.InterNetwork ? 32 : 128))
                .Select(static a => a.Local.ToIPAddress())
                .Where(static a => !IPAddress.IsLoopback(a))
                .ToArray();
            return addresses with
            {
                OtherFamily = onLink.FirstOrDefault(a => local.IsIPv6LinkLocal
                    ? a.AddressFamily == AddressFamily.InterNetwork || !a.IsIPv6LinkLocal
                    : a.AddressFamily != local.AddressFamily && !a.IsIPv6LinkLocal),
                LinkLocal = local.IsIPv6LinkLocal ? local : onLink.FirstOrDefault(static a => a.IsIPv6LinkLocal),
            };
        }
        catch (LinuxException)
        {
            // The session goes on with the one address that it has; routes of the other family are counted as without a next hop.
            return addresses;
        }
    }

    private static bool Same(IPAddress a, IPAddress b) => a.GetAddressBytes().AsSpan().SequenceEqual(b.GetAddressBytes());
}
