using System.Net;

namespace Loxi.Node.Bfd;

/// <summary>What must be known of this host to read what is asked for.</summary>
internal interface IBfdHost
{
    /// <summary>Whether a peer is on a connected subnet, so that packets to it make one hop.</summary>
    bool IsDirect(IPAddress peer);

    /// <summary>The address that a session sends from where none is configured; null while there is no route.</summary>
    IPAddress? SourceOf(BfdName session);
}
