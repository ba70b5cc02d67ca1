namespace Loxi.Linux.Sockets;

/// <summary>Where one datagram goes, and what it shall have of its own instead of what its socket gives.</summary>
/// <param name="Address">Destination, of the socket's family.</param>
/// <param name="Port">Destination port, 1 to 65,535.</param>
/// <param name="Source">Source address, which must be one of the host; none for the socket's, or the route's.</param>
/// <param name="InterfaceIndex">The link to send by, and the scope of a link-local destination; 0 for the socket's, or the route's.</param>
/// <param name="Ttl">TTL or hop limit, 1 to 255; 0 for the socket's.</param>
public readonly record struct DatagramTarget(InternetAddress Address, int Port, InternetAddress Source = default, int InterfaceIndex = 0, int Ttl = 0);
