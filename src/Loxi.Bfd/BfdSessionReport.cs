using System.Net;
using Loxi.Bfd.Session;

namespace Loxi.Bfd;

/// <summary>A session of a speaker at one moment: what the protocol says of it, and how it fares on this host.</summary>
public sealed record BfdSessionReport
{
    /// <summary>Which session.</summary>
    public required BfdSessionKey Key { get; init; }

    /// <summary>State, timers, counters, discards by reason and history.</summary>
    public required BfdSessionStatus Status { get; init; }

    /// <summary>The address that packets are sent from; null while there is no route.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>UDP source port, 49,152 to 65,535, the same for the session's life (RFC 5881 4).</summary>
    public int SourcePort { get; init; }

    /// <summary>Packets that the system would not send.</summary>
    public long SendErrors { get; init; }

    /// <summary>Why it does not send now (<see cref="Loxi.Linux.Errno"/>); 0 while it does.</summary>
    public int SendError { get; init; }
}
