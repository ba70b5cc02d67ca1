using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>
/// The echo port of one family: echo packets of peers that send them to our address instead of their own, to be sent back by us. Packets to
/// the peer's own address the kernel forwards, and nobody here sees them.
/// </summary>
internal sealed class EchoPort : IDisposable
{
    private EchoPort(DatagramSocket socket, AddressFamily family)
    {
        Family = family;
        Queue = new ReceiveQueue(socket, PacketClass.Urgent, ClockReading.Now());
    }

    public AddressFamily Family { get; }

    public ReceiveQueue Queue { get; }

    public DatagramSocket Socket => Queue.Socket;

    /// <exception cref="LinuxException">The port is in use.</exception>
    public static EchoPort Open(AddressFamily family) => new(
        DatagramSocket.Open(
            family == AddressFamily.InterNetwork ? InternetAddress.IPv4Any : InternetAddress.IPv6Any,
            EchoFrame.Port,
            new DatagramSocketOptions { ReceiveTtl = true, ReceiveDestination = true, Timestamps = true, Dscp = 48 }),
        family);

    public void Dispose() => Socket.Dispose();
}
