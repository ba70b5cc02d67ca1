using System.Net;
using System.Net.Sockets;

namespace Loxi.Core.Services;

/// <summary>Which addresses can be a VIP or an endpoint.</summary>
internal static class AddressRules
{
    public const string Usable = "a unicast IPv4 or IPv6 address that is not loopback, unspecified, IPv6 link-local, IPv4-mapped or scoped";

    public static bool IsUsable(IPAddress address)
    {
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
