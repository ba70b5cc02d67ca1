using System.Net.Sockets;
using Loxi.Linux;

namespace Loxi.Bfd.Session;

/// <summary>What a first packet, which does not know our discriminator yet, is told apart by.</summary>
/// <param name="Kind">The session's kind.</param>
/// <param name="Peer">The peer's address; none for any, on a point-to-point link.</param>
/// <param name="Local">The own address; none for any.</param>
/// <param name="InterfaceIndex">The interface; 0 for any.</param>
/// <param name="Family">The family, which is all that tells sessions on a point-to-point link apart.</param>
internal readonly record struct BfdDemultiplexKey(BfdSessionKind Kind, InternetAddress Peer, InternetAddress Local, int InterfaceIndex, AddressFamily Family);
