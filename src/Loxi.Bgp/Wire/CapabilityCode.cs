namespace Loxi.Bgp.Wire;

/// <summary>Codes of capabilities (RFC 5492 and the registry).</summary>
internal enum CapabilityCode : byte
{
    Multiprotocol = 1,
    RouteRefresh = 2,
    ExtendedNextHop = 5,
    ExtendedMessage = 6,
    Role = 9,
    GracefulRestart = 64,
    FourOctetAs = 65,
    AddPath = 69,
    EnhancedRouteRefresh = 70,
    LongLivedGracefulRestart = 71,
    HostName = 73,
    BfdStrict = 74,
    SoftwareVersion = 75,
}
