namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Addresses of a session on a link.</summary>
public enum Reach
{
    IPv4,
    IPv6,
    LinkLocal,
}
