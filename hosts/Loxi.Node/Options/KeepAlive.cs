using Loxi.Bfd;

namespace Loxi.Node.Options;

/// <summary>The BFD session of <c>--ka PEER[:SELF[:MICROSECONDS]]</c>.</summary>
/// <param name="Settings">Its settings; over one hop, for all that the command line can know.</param>
internal sealed record KeepAlive(BfdSessionSettings Settings)
{
    /// <summary>
    /// Least TTL when the peer turns out to be several hops away: it is a node too and sends 255, so that 31 hops are left, and a packet that
    /// began with the usual 64 or 128 is none of its.
    /// </summary>
    public const int MultihopMinimumTtl = 224;
}
