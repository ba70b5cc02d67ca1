using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Loxi.Linux;

namespace Loxi.Bgp.Transport;

/// <summary>Scopes of link-local addresses (RFC 4007).</summary>
internal static class Links
{
    /// <summary>The address, and of a link-local one without a scope that of the interface.</summary>
    /// <exception cref="LinuxException">There is no such interface.</exception>
    internal static IPAddress Scoped(IPAddress address, string? device)
    {
        if (!address.IsIPv6LinkLocal || address.ScopeId != 0 || device is null)
        {
            return address;
        }

        return new IPAddress(address.GetAddressBytes(), Index(device));
    }

    /// <summary>As <see cref="Scoped"/>; an interface that is not there yet leaves the address as it is.</summary>
    internal static IPAddress ScopedOrPlain(IPAddress address, string? device)
        => address.IsIPv6LinkLocal && address.ScopeId == 0 && TryIndex(device) is { } index ? new IPAddress(address.GetAddressBytes(), index) : address;

    /// <summary>The address, and of a link-local one without a scope that of the link of a peer.</summary>
    internal static IPAddress OnLinkOf(IPAddress address, IPAddress peer)
        => address.IsIPv6LinkLocal && address.ScopeId == 0 && peer.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes(), peer.ScopeId) : address;

    /// <summary>The number of an interface.</summary>
    /// <exception cref="LinuxException">There is no such interface.</exception>
    internal static long Index(string device) => TryIndex(device) ?? throw new LinuxException("find interface", Errno.ENODEV, device);

    /// <summary>The number of an interface; null when there is none.</summary>
    internal static long? TryIndex(string? device)
    {
        foreach (var link in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (link.Name == device)
            {
                return link.GetIPProperties().GetIPv6Properties().Index;
            }
        }

        return null;
    }
}
