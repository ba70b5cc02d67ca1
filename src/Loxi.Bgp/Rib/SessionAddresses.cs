using System.Net;

namespace Loxi.Bgp.Rib;

/// <summary>Addresses of an established session.</summary>
/// <param name="Local">Own address of the connection: the next hop of its own family.</param>
/// <param name="Remote">The peer's.</param>
internal sealed record SessionAddresses(IPAddress Local, IPAddress Remote)
{
    /// <summary>Own global address of the other family on the session's link, for routes of that family; null when there is none: they cannot be told with our own next hop.</summary>
    internal IPAddress? OtherFamily { get; init; }

    /// <summary>Own link-local address on the link (RFC 2545 3).</summary>
    internal IPAddress? LinkLocal { get; init; }
}
