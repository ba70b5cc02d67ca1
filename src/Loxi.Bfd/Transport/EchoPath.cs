using Loxi.Linux;

namespace Loxi.Bfd.Transport;

/// <summary>How the echo packets of a session travel: to our own address by way of the peer (RFC 5881 4, RFC 9747), which no route of the kernel does.</summary>
/// <param name="InterfaceIndex">The link.</param>
/// <param name="Source">Its hardware address.</param>
/// <param name="Peer">The peer's hardware address.</param>
/// <param name="Own">Our address, source and destination.</param>
internal sealed record EchoPath(int InterfaceIndex, LinkLayerAddress Source, LinkLayerAddress Peer, InternetAddress Own);
