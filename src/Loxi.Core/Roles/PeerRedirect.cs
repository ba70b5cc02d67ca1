using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Loxi.Core.Services;

namespace Loxi.Core.Roles;

/// <summary>Where packets of a VIP group are handed over to another node: on a link that both share, or in a tunnel (IP in IP).</summary>
public sealed record PeerRedirect
{
    private PeerRedirect()
    {
    }

    /// <summary>Which packets are handed over. Default <see cref="RedirectScope.All"/>.</summary>
    public RedirectScope Scope { get; init; }

    /// <summary>Index of the link; 0 for a tunnel.</summary>
    public int InterfaceIndex { get; private init; }

    /// <summary>The other node's address on the link; null for a tunnel.</summary>
    public PhysicalAddress? PeerMac { get; private init; }

    /// <summary>This node's address on the link; null for a tunnel.</summary>
    public PhysicalAddress? OwnMac { get; private init; }

    /// <summary>The other node's IPv4 address; null where there is no tunnel over IPv4.</summary>
    public IPAddress? PeerAddress4 { get; private init; }

    /// <summary>This node's IPv4 address; null where there is no tunnel over IPv4.</summary>
    public IPAddress? OwnAddress4 { get; private init; }

    /// <summary>The other node's IPv6 address; null where there is no tunnel over IPv6.</summary>
    public IPAddress? PeerAddress6 { get; private init; }

    /// <summary>This node's IPv6 address; null where there is no tunnel over IPv6.</summary>
    public IPAddress? OwnAddress6 { get; private init; }

    /// <summary>Hands over on a link.</summary>
    /// <param name="interfaceIndex">Index of the link, 1 or more.</param>
    /// <param name="peer">The other node's address: 6 bytes, unicast.</param>
    /// <param name="own">This node's address: 6 bytes, unicast, another one.</param>
    /// <returns>The redirect.</returns>
    /// <exception cref="ArgumentNullException">An address is null.</exception>
    /// <exception cref="ArgumentException">A value is not as said.</exception>
    public static PeerRedirect OnLink(int interfaceIndex, PhysicalAddress peer, PhysicalAddress own)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interfaceIndex, 1);
        RequireMac(peer, nameof(peer));
        RequireMac(own, nameof(own));
        return !peer.Equals(own)
            ? new PeerRedirect { InterfaceIndex = interfaceIndex, PeerMac = peer, OwnMac = own }
            : throw new ArgumentException($"The peer has the address {peer}, which is this node's: expected another one.", nameof(peer));
    }

    /// <summary>Hands over in a tunnel.</summary>
    /// <param name="peer">The other node's address.</param>
    /// <param name="own">This node's address, of the same family, another one.</param>
    /// <returns>The redirect.</returns>
    /// <exception cref="ArgumentNullException">An address is null.</exception>
    /// <exception cref="ArgumentException">An address is not one that a node can have, or they do not go together.</exception>
    public static PeerRedirect InTunnel(IPAddress peer, IPAddress own) => new PeerRedirect().With(peer, own);

    /// <summary>Hands over in a tunnel of either family.</summary>
    /// <param name="peer4">The other node's IPv4 address.</param>
    /// <param name="own4">This node's IPv4 address, another one.</param>
    /// <param name="peer6">The other node's IPv6 address.</param>
    /// <param name="own6">This node's IPv6 address, another one.</param>
    /// <returns>The redirect.</returns>
    /// <exception cref="ArgumentNullException">An address is null.</exception>
    /// <exception cref="ArgumentException">An address is not one that a node can have, or they do not go together.</exception>
    public static PeerRedirect InTunnel(IPAddress peer4, IPAddress own4, IPAddress peer6, IPAddress own6)
    {
        var both = new PeerRedirect().With(peer4, own4).With(peer6, own6);
        return both.PeerAddress4 is not null && both.PeerAddress6 is not null
            ? both
            : throw new ArgumentException($"Tunnels to {peer4} and {peer6}: expected one address of each family.", nameof(peer6));
    }

    private PeerRedirect With(IPAddress peer, IPAddress own)
    {
        RequireAddress(peer, nameof(peer));
        RequireAddress(own, nameof(own));
        if (peer.AddressFamily != own.AddressFamily || peer.Equals(own))
        {
            throw new ArgumentException($"A tunnel from {own} to {peer}: expected two addresses of one family.", nameof(peer));
        }

        return peer.AddressFamily == AddressFamily.InterNetwork
            ? this with { PeerAddress4 = peer, OwnAddress4 = own }
            : this with { PeerAddress6 = peer, OwnAddress6 = own };
    }

    private static void RequireAddress(IPAddress address, string name)
    {
        ArgumentNullException.ThrowIfNull(address, name);
        if (!AddressRules.IsUsable(address))
        {
            throw new ArgumentException($"Address {address}: expected {AddressRules.Usable}.", name);
        }
    }

    private static void RequireMac(PhysicalAddress address, string name)
    {
        ArgumentNullException.ThrowIfNull(address, name);
        var bytes = address.GetAddressBytes();
        if (bytes.Length != 6 || (bytes[0] & 1) != 0 || !bytes.AsSpan().ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException($"Link-layer address '{address}': expected 6 bytes, unicast and not zero.", name);
        }
    }
}
