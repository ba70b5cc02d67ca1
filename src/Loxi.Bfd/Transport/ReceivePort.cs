using System.Net.Sockets;
using Loxi.Bfd.Session;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>
/// A UDP port of one family: four sockets, between which the kernel divides what comes before anybody is woken
/// (<see cref="PacketClass"/>). A flood of one kind fills its own socket only.
/// </summary>
internal sealed class ReceivePort : IDisposable
{
    public const int SingleHopPort = 3784; // RFC 5881 4
    public const int MultihopPort = 4784; // RFC 5883 5

    // What a short datagram takes of a receive buffer when the device gives it half a page (768 bytes on veth and loopback).
    private const int BytesPerDatagram = 2304;
    private const int LeastDatagrams = 256;
    private const int SampleBuffer = 16 * 1024;

    // The longest stop of the process after which no packet shall be missing.
    private static readonly TimeSpan BufferedTime = TimeSpan.FromMilliseconds(500);

    private readonly DatagramSocketGroup _group;

    private ReceivePort(DatagramSocketGroup group, BfdChannel channel, AddressFamily family)
    {
        _group = group;
        Channel = channel;
        Family = family;
        var now = ClockReading.Now();
        var sockets = group.Sockets;
        Steady = new(sockets[(int)PacketClass.Steady], PacketClass.Steady, now);
        Urgent = new(sockets[(int)PacketClass.Urgent], PacketClass.Urgent, now);
        Strangers = new(sockets[(int)PacketClass.Stranger], PacketClass.Stranger, now);
        Refused = new(sockets[(int)PacketClass.Refused], PacketClass.Refused, now);
    }

    public BfdChannel Channel { get; }

    public AddressFamily Family { get; }

    public ReceiveQueue Steady { get; }

    public ReceiveQueue Urgent { get; }

    public ReceiveQueue Strangers { get; }

    public ReceiveQueue Refused { get; }

    /// <summary>The sessions that it is for. The engine's, once the port is attached.</summary>
    public List<EngineSession> Sessions { get; } = [];

    /// <summary>Whether the selector knows neither discriminators nor peers because there are too many for the kernel.</summary>
    public bool IsCoarse { get; private set; }

    /// <summary>Whether the receive buffers are smaller than the sessions need: CAP_NET_ADMIN is missing.</summary>
    public bool IsBufferLimited => Steady.Socket.IsReceiveBufferLimited || Urgent.Socket.IsReceiveBufferLimited;

    /// <summary>Datagrams for sessions that were lost because a buffer was full.</summary>
    public long Lost => Steady.Dropped + Urgent.Dropped;

    /// <summary>What was said about this port, so that it is said once.</summary>
    public HashSet<string> Told { get; } = [];

    /// <summary>Bytes of the steady socket's buffer, as the kernel counts them.</summary>
    public int Buffer => Steady.Socket.ReceiveBuffer;

    public static int NumberOf(BfdChannel channel) => channel == BfdChannel.Multihop ? MultihopPort : SingleHopPort;

    /// <summary>Takes the port; until <see cref="Attach"/> everything is refused.</summary>
    /// <exception cref="LinuxException">The port is in use.</exception>
    public static ReceivePort Open(BfdChannel channel, AddressFamily family, NetworkNamespace? networkNamespace)
    {
        var timed = new DatagramSocketOptions { ReceiveTtl = true, ReceiveDestination = true, Timestamps = true, CountDropped = true, NetworkNamespace = networkNamespace };
        var plain = new DatagramSocketOptions { ReceiveTtl = true, ReceiveDestination = true, Timestamps = true };
        var any = family == AddressFamily.InterNetwork ? InternetAddress.IPv4Any : InternetAddress.IPv6Any;
        var group = DatagramSocketGroup.Open(any, NumberOf(channel), timed, timed, plain, plain with { ReceiveBuffer = SampleBuffer });
        try
        {
            group.SetSelector([new BpfInstruction(0x06, 0, 0, (uint)PacketClass.Refused)]);
            return new ReceivePort(group, channel, family);
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    /// <summary>Lets in what is for the sessions, and makes room for what they send.</summary>
    public void Attach()
    {
        SizeBuffers();
        var input = new SelectorInput
        {
            IsV6 = Family == AddressFamily.InterNetworkV6,
            MinimumTtl = Sessions.Count == 0 ? 255 : Sessions.Min(static s => BfdParameters.MinimumTtlOf(s.Session.Settings)),
            Discriminators = [.. Sessions.Select(static s => s.Session.LocalDiscriminator)],
            // RFC 5881 6: on a point-to-point link the source address identifies nothing.
            Peers = Sessions.Exists(static s => s.Session.Settings.PointToPoint) ? null : [.. Sessions.Select(static s => Tail(s.Session.Settings.PeerAddress))],
        };
        IsCoarse = !TrySelect(SelectorProgram.Build(input));
        if (IsCoarse)
        {
            _group.SetSelector(SelectorProgram.Build(input.Coarse));
        }

        // What the sockets dropped before was never meant for a session.
        foreach (var queue in (ReadOnlySpan<ReceiveQueue>)[Steady, Urgent, Strangers, Refused])
        {
            queue.BeginCounting();
        }
    }

    /// <summary>Looks how many datagrams were refused or held back and never read.</summary>
    public long ReadUnread()
    {
        Strangers.TakeDropped(Strangers.Socket.ReadMemory().Dropped);
        Refused.TakeDropped(Refused.Socket.ReadMemory().Dropped);
        return Strangers.Dropped + Refused.Dropped;
    }

    public void Dispose() => _group.Dispose();

    private static uint Tail(InternetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = address.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..length]);
    }

    private bool TrySelect(ReadOnlySpan<BpfInstruction> program)
    {
        const int longest = 4096;
        if (program.Length > longest)
        {
            return false;
        }

        try
        {
            _group.SetSelector(program);
            return true;
        }
        catch (LinuxException e) when (e.ErrorNumber == Errno.ENOMEM)
        {
            return false; // net.core.optmem_max is less on older kernels
        }
    }

    private void SizeBuffers()
    {
        // A quarter of jitter makes a third more packets (RFC 5880 6.8.7).
        var steady = Sessions.Sum(static s => BufferedTime / s.Session.Settings.RequiredMinRxInterval * 4 / 3) + LeastDatagrams;
        Size(Steady.Socket, steady);
        Size(Urgent.Socket, LeastDatagrams + (8.0 * Sessions.Count));
        Size(Strangers.Socket, LeastDatagrams + (4.0 * Sessions.Count));
    }

    private static void Size(DatagramSocket socket, double datagrams)
    {
        // The kernel doubles what is asked for, and takes at most half of 2^31.
        var bytes = (int)Math.Min(datagrams * (BytesPerDatagram / 2), int.MaxValue / 2);
        if (bytes * 2L > socket.ReceiveBuffer)
        {
            socket.SetReceiveBuffer(bytes);
        }
    }
}
