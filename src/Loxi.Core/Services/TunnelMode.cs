namespace Loxi.Core.Services;

/// <summary>How packets of a service with <see cref="NatMode.Dsr"/> reach an endpoint.</summary>
public enum TunnelMode : byte
{
    /// <summary>On the link where the endpoint is on one of the node's links, in a tunnel where a gateway is on the way or the families differ. The default.</summary>
    Auto = 0,

    /// <summary>Always in a tunnel (IP in IP, RFC 2003, RFC 2473), also on a link.</summary>
    Ipip = 1,

    /// <summary>Never in a tunnel: an endpoint behind a gateway is unreachable.</summary>
    None = 2,
}
