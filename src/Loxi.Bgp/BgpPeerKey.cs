using System.Globalization;
using System.Net;

namespace Loxi.Bgp;

/// <summary>What makes a peer the one that it is: settings with the same key are the same peer. Compares by value.</summary>
/// <param name="Address">The peer, without a scope.</param>
/// <param name="Interface">The interface of a link-local peer, because each link has its own: its name, or the scope of the address in decimal where only that is given; of any other null.</param>
public sealed record BgpPeerKey(IPAddress Address, string? Interface = null)
{
    /// <summary>The key of settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>Their key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    public static BgpPeerKey Of(BgpPeerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var address = settings.Address;
        return address.IsIPv6LinkLocal
            ? new BgpPeerKey(address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes()), settings.Interface ?? ScopeOf(address))
            : new BgpPeerKey(address);
    }

    private static string? ScopeOf(IPAddress address) => address.ScopeId == 0 ? null : address.ScopeId.ToString(CultureInfo.InvariantCulture);

    /// <summary>The address, and of a link-local one the interface.</summary>
    /// <returns>For example <c>192.0.2.1</c> or <c>fe80::1%eth0</c>.</returns>
    public override string ToString() => Interface is null ? Address.ToString() : $"{Address}%{Interface}";
}
