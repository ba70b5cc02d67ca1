namespace Loxi.Bgp.Wire;

/// <summary>Types of messages (RFC 4271 4.1, 2918).</summary>
internal enum MessageType : byte
{
    Open = 1,
    Update = 2,
    Notification = 3,
    Keepalive = 4,
    RouteRefresh = 5,
}
