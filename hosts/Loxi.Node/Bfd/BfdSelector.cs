using System.Net;

namespace Loxi.Node.Bfd;

/// <summary>Which session is meant.</summary>
/// <param name="Instance">The VIP group; empty for the default.</param>
/// <param name="Peer">The peer.</param>
/// <param name="Interface">The interface of a link-local peer; empty for the only session with it.</param>
internal sealed record BfdSelector(string Instance, IPAddress Peer, string Interface);
