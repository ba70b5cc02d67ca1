using System.Net;
using System.Net.Sockets;

namespace Loxi.Core.Services;

/// <summary>Which addresses can be a VIP or an endpoint.</summary>
public static class AddressRules
{
    /// <summary>What <see cref="IsUsable"/> accepts, as a phrase that follows "expected".</summary>
    public const string Usable = "a unicast IPv4 or IPv6 address that is not loopback, unspecified, IPv6 link-local, IPv4-mapped or scoped";

    /// <summary>Whether an address can be a VIP or an endpoint (RFC 1122 3.2.1.3, RFC 4291).</summary>
    /// <param name="address">The address.</param>
    /// <returns>True when it can.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
    public static bool IsUsable(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (IPAddress.IsLoopback(address))
        {
            return false;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            Span<byte> bytes = stackalloc byte[4];
            address.TryWriteBytes(bytes, out _);
            // 0/8 "this network" (RFC 1122 3.2.1.3), 224/4 multicast, 240/4 reserved and broadcast.
            return bytes[0] is not 0 and < 224;
        }

        return !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.IsIPv4MappedToIPv6
            && address.ScopeId == 0 && !address.Equals(IPAddress.IPv6Any);
    }
}
