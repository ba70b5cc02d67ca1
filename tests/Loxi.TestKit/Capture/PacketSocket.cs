using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Interop;

namespace Loxi.TestKit.Capture;

/// <summary>A packet socket (packet(7)) bound to one interface of the namespace of the thread that makes it.</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    private const int AfPacket = 17;
    private const int SockRaw = 3;
    private const int SockCloseOnExec = 0x80000;
    private const int SolSocket = 1;
    private const int SoReceiveBufferForce = 33;
    private const int TimestampNanoseconds = 35;
    private const int SolPacket = 263;
    private const int PacketAuxData = 8;
    private const int PacketStatistics = 6;
    private const int MessageTruncated = 0x20;
    private const int DontWait = 0x40;
    private const uint StatusChecksumNotReady = 1 << 3;
    private const uint StatusVlanValid = 1 << 4;
    private const uint StatusVlanTpidValid = 1 << 6;
    private const ushort AllProtocols = 0x0003;
    private const byte PacketOutgoing = 4;
    private const short PollIn = 1;

    private readonly int _fd;
    private readonly int _wake;
    private readonly byte[] _buffer = new byte[1 << 17];
    private readonly Lock _gate = new();
    private bool _closed;

    internal PacketSocket(string device)
    {
        var index = Libc.InterfaceIndex(device);
        if (index == 0)
        {
            throw new ArgumentException($"interface '{device}': not in this namespace", nameof(device));
        }

        _wake = Libc.Check(Libc.EventFd(0, SockCloseOnExec), "eventfd");
        // Protocol 0: nothing is queued before the socket is bound to its interface.
        _fd = Libc.Check(Libc.Socket(AfPacket, SockRaw | SockCloseOnExec, 0), "socket(AF_PACKET)");
        var size = 64 << 20;
        _ = Libc.Check(Libc.SetSockOpt(_fd, SolSocket, SoReceiveBufferForce, &size, sizeof(int)), "SO_RCVBUFFORCE");
        var on = 1;
        _ = Libc.Check(Libc.SetSockOpt(_fd, SolPacket, PacketAuxData, &on, sizeof(int)), "PACKET_AUXDATA");
        _ = Libc.Check(Libc.SetSockOpt(_fd, SolSocket, TimestampNanoseconds, &on, sizeof(int)), "SO_TIMESTAMPNS");
        var address = new LinkAddress { Family = AfPacket, Protocol = BinaryPrimitives.ReverseEndianness(AllProtocols), Index = (int)index };
        _ = Libc.Check(Libc.Bind(_fd, &address, sizeof(LinkAddress)), $"bind to {device}");
    }

    /// <summary>Frames that the kernel dropped because the socket's buffer was full, since the last call.</summary>
    internal int TakeDropped()
    {
        Statistics statistics;
        var length = sizeof(Statistics);
        _ = Libc.Check(Libc.GetSockOpt(_fd, SolPacket, PacketStatistics, &statistics, &length), "PACKET_STATISTICS");
        return (int)statistics.Drops;
    }

    internal void Send(ReadOnlySpan<byte> frame)
    {
        if (!TrySend(frame))
        {
            throw new Win32Exception(Libc.NoBufferSpace, "send on a packet socket: the queue of the interface is full");
        }
    }

    /// <exception cref="ObjectDisposedException">The socket is closed: its number may be another one's by now.</exception>
    internal bool TrySend(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return TrySendOpen(frame);
        }
    }

    private bool TrySendOpen(ReadOnlySpan<byte> frame)
    {
        fixed (byte* first = frame)
        {
            var sent = (int)Libc.Send(_fd, first, frame.Length, 0);
            if (sent < 0 && Marshal.GetLastPInvokeError() == Libc.NoBufferSpace)
            {
                return false;
            }

            _ = Libc.Check(sent, "send on a packet socket");
            return true;
        }
    }

    /// <summary>Waits for a frame; null when the socket was woken for its end or the interface went away.</summary>
    internal (byte[] Frame, bool Outgoing, bool ChecksumPartial, TimeSpan Moment)? Receive()
    {
        var control = stackalloc byte[256];
        var polled = stackalloc PollFd[] { new PollFd { Fd = _fd, Events = PollIn }, new PollFd { Fd = _wake, Events = PollIn } };
        while (true)
        {
            if (Libc.Poll(polled, 2, -1) < 0)
            {
                continue;
            }

            if (polled[1].Returned != 0)
            {
                return null;
            }

            fixed (byte* buffer = _buffer)
            {
                LinkAddress from;
                var vector = new IoVector { Base = buffer, Length = _buffer.Length };
                var message = new Message
                {
                    Name = &from,
                    NameLength = sizeof(LinkAddress),
                    Vector = &vector,
                    VectorLength = 1,
                    Control = control,
                    ControlLength = 256,
                };
                var length = Libc.RecvMsg(_fd, &message, DontWait | MessageTruncated);
                if (length < 0)
                {
                    // ENETDOWN: the interface went down; it may come up again.
                    continue;
                }

                // struct timespec { long seconds; long nanoseconds; }
                var stamp = (long*)Find(&message, SolSocket, TimestampNanoseconds, 2 * sizeof(long));
                var moment = stamp == null ? LabClock.Now : LabClock.FromWallClock(DateTimeOffset.UnixEpoch + new TimeSpan((stamp[0] * TimeSpan.TicksPerSecond) + (stamp[1] / 100)));
                var (frame, partial) = Finish(_buffer.AsSpan(0, (int)Math.Min(length, _buffer.Length)), (AuxData*)Find(&message, SolPacket, PacketAuxData, sizeof(AuxData)));
                return (frame, from.PacketType == PacketOutgoing, partial, moment);
            }
        }
    }

    /// <summary>Ends a wait in <see cref="Receive"/>, now or when it comes.</summary>
    internal void Wake()
    {
        ulong one = 1;
        _ = Libc.Check((int)Libc.Write(_wake, &one, sizeof(ulong)), "write to eventfd");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                _ = Libc.Close(_fd);
                _ = Libc.Close(_wake);
            }
        }
    }

    /// <summary>The data of a control message; null when there is none of that kind and length.</summary>
    private static void* Find(Message* message, int level, int type, int length)
    {
        // struct cmsghdr { size_t len; int level; int type; } then the data, each aligned to eight bytes
        var at = (byte*)message->Control;
        var end = at + message->ControlLength;
        while (end - at >= 16 && *(nint*)at >= 16 && *(nint*)at <= end - at)
        {
            if (*(int*)(at + 8) == level && *(int*)(at + 12) == type && *(nint*)at >= 16 + length)
            {
                return at + 16;
            }

            at += (*(nint*)at + 7) & ~7;
        }

        return null;
    }

    private static (byte[] Frame, bool Partial) Finish(ReadOnlySpan<byte> data, AuxData* aux)
    {
        if (aux == null)
        {
            return (data.ToArray(), false);
        }

        var partial = (aux->Status & StatusChecksumNotReady) != 0;
        if ((aux->Status & StatusVlanValid) == 0)
        {
            return (data.ToArray(), partial);
        }

        // The kernel carries the outermost tag beside the frame: put it back.
        var frame = new byte[data.Length + 4];
        data[..12].CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (aux->Status & StatusVlanTpidValid) != 0 ? aux->VlanTpid : (ushort)0x8100);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), aux->VlanTci);
        data[12..].CopyTo(frame.AsSpan(16));
        return (frame, partial);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress
    {
        internal ushort Family;
        internal ushort Protocol;
        internal int Index;
        internal ushort HardwareType;
        internal byte PacketType;
        internal byte AddressLength;
        internal ulong Address;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct AuxData
    {
        internal uint Status;
        internal uint Length;
        internal uint SnapLength;
        internal ushort Mac;
        internal ushort Net;
        internal ushort VlanTci;
        internal ushort VlanTpid;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Statistics
    {
        internal uint Packets;
        internal uint Drops;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        internal void* Base;
        internal nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        internal void* Name;
        internal int NameLength;
        internal IoVector* Vector;
        internal nint VectorLength;
        internal void* Control;
        internal nint ControlLength;
        internal int Flags;
    }
}
