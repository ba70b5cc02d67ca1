namespace Loxi.Linux.Sockets;

/// <summary>The receive side of a socket as the kernel counts it (SO_MEMINFO, since Linux 4.12).</summary>
/// <param name="QueuedBytes">Memory that waiting datagrams take, with the kernel's own overhead.</param>
/// <param name="Limit">The receive buffer: what they may take.</param>
/// <param name="Dropped">Datagrams lost since the socket was opened, modulo 2^32: the buffer was full, a filter or a checksum refused them.</param>
public readonly record struct SocketMemory(uint QueuedBytes, uint Limit, uint Dropped);
