using System.Net;
using Loxi.Bfd;

namespace Loxi.Node.Bfd;

/// <summary>What a session is known by: its peer, and of a link-local one the interface, because each link has its own.</summary>
/// <param name="Peer">The peer, without a scope.</param>
/// <param name="Interface">The interface of a link-local peer; else empty.</param>
internal sealed record BfdName(IPAddress Peer, string Interface)
{
    public static BfdName Of(BfdSessionSettings settings) =>
        new(settings.PeerAddress, settings.PeerAddress.IsIPv6LinkLocal ? settings.Interface ?? "" : "");

    public override string ToString() => Interface.Length == 0 ? Peer.ToString() : $"{Peer}%{Interface}";
}
