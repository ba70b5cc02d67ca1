namespace Loxi.Interop.RootTests.Bfd;

/// <summary>How the peer is reached: on the link, or behind a router.</summary>
public enum Route
{
    IPv4,
    IPv6,
    LinkLocal,
    MultihopIPv4,
    MultihopIPv6,
}
