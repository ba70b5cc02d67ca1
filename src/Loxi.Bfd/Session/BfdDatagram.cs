using Loxi.Linux;

namespace Loxi.Bfd.Session;

/// <summary>A received datagram with what the transport knows of it.</summary>
public readonly ref struct BfdDatagram
{
    /// <summary>The UDP payload. Not kept.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The port that it came to.</summary>
    public BfdChannel Channel { get; init; }

    /// <summary>Source address.</summary>
    public InternetAddress Source { get; init; }

    /// <summary>Destination address.</summary>
    public InternetAddress Destination { get; init; }

    /// <summary>Index of the interface that it came in by; 0 when not known.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>TTL or hop limit, 0 to 255; below 0 when not known, which no single-hop session takes.</summary>
    public int Ttl { get; init; }

    /// <summary>
    /// When it arrived: nanoseconds of the clock that <c>now</c> is of, from the kernel's timestamp. Not after <c>now</c> (a later
    /// one is taken as <c>now</c>). Whether a session is alive is decided by this time, not by when the packet is handled.
    /// </summary>
    public long Arrival { get; init; }

    /// <summary>Whether datagrams that arrived later may have been handed over before this one: then it is discarded when its session has taken one of them.</summary>
    public bool MayBeOutdated { get; init; }
}
