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

    /// <summary>The number of an interface.</summary>
    /// <exception cref="LinuxException">There is no such interface.</exception>
    internal static long Index(string device)
    {
        foreach (var link in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (link.Name == device)
            {
                return link.GetIPProperties().GetIPv6Properties().Index;
            }
        }

        throw new LinuxException("find interface", Errno.ENODEV, device);
    }
}
