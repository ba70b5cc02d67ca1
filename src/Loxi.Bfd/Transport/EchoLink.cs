using Loxi.Linux;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>A link that echo packets go out and come back by, as whole frames: the kernel takes a packet from its own address for a forgery.</summary>
internal sealed class EchoLink : IDisposable
{
    private const int ReceiveBuffer = 1 << 20;
    private const int LongestPayload = byte.MaxValue;

    private readonly PacketSocket _socket;
    private readonly byte[] _outgoing = new byte[EchoFrame.LongestHeader + LongestPayload];
    private readonly byte[] _incoming = new byte[EchoFrame.LongestHeader + LongestPayload];

    private EchoLink(PacketSocket socket)
    {
        _socket = socket;
        Times = ReceiveTimes.From(ClockReading.Now());
    }

    public int InterfaceIndex => _socket.InterfaceIndex;

    /// <summary>Both clocks at the drain before and at this one.</summary>
    public ReceiveTimes Times { get; private set; }

    /// <exception cref="LinuxException">CAP_NET_RAW is missing, or there is no such link.</exception>
    public static EchoLink Open(int interfaceIndex) => new(PacketSocket.Open(interfaceIndex, new PacketSocketOptions
    {
        Filter = EchoFrame.Filter(),
        IgnoreOutgoing = true,
        Timestamps = true,
        ReceiveBuffer = ReceiveBuffer,
    }));

    public bool TrySend(EchoPath path, int sourcePort, ReadOnlySpan<byte> payload, out int error) =>
        _socket.TrySend(_outgoing.AsSpan(0, EchoFrame.Write(_outgoing, path, sourcePort, payload)), out error);

    /// <summary>A drain begins.</summary>
    public void Begin(in ClockReading now) => Times = Times.Next(now);

    /// <summary>Takes the next frame that waits.</summary>
    /// <returns>False when none does.</returns>
    public bool TryReceive(out ReadOnlySpan<byte> frame, out long arrival)
    {
        frame = default;
        arrival = 0;
        try
        {
            if (!_socket.TryReceive(_incoming, out var info, TimeSpan.Zero))
            {
                return false;
            }

            frame = _incoming.AsSpan(0, info.Length);
            arrival = Times.ToMonotonic(info.TimestampNanoseconds);
            return true;
        }
        catch (LinuxException)
        {
            // The link went down, which is said once: its silence says the same.
            return false;
        }
    }

    /// <summary>Whether frames were lost since the last look.</summary>
    public bool TakeDropped() => _socket.ReadStatistics().Dropped != 0;

    public void Dispose() => _socket.Dispose();
}
