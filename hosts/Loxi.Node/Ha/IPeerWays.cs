using Loxi.Core.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>How packets get to another node.</summary>
internal interface IPeerWays
{
    /// <summary>Finds one: on a link that both nodes share, rather one of the named interfaces; else in a tunnel.</summary>
    /// <param name="peer">The other node.</param>
    /// <param name="interfaces">Where the VIPs are.</param>
    /// <returns>The way; null when no route leads to the node.</returns>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    PeerRedirect? Find(RolePeer peer, IReadOnlyCollection<string> interfaces);
}
