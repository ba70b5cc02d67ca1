using System.Net.Sockets;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>The kernel's address family numbers, which differ from .NET's.</summary>
internal static class Families
{
    internal static byte Of(InternetAddress address) => Of(address.Family);

    internal static byte Of(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => Nl.FamilyInet,
        AddressFamily.InterNetworkV6 => Nl.FamilyInet6,
        _ => throw new ArgumentException($"Address family {family} is neither IPv4 nor IPv6."),
    };
}
