using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bgp;

/// <summary>
/// A peer that knows no more of BGP than it takes to send a feed, or to count what comes: shares no code with what is measured. It has a thread of its own.
/// </summary>
internal sealed class RawPeer : IDisposable
{
    private const int Header = 19;
    private const byte Open = 1;
    private const byte Update = 2;
    private const byte Notification = 3;
    private const byte Keepalive = 4;
    private const int HoldTime = 240;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly TaskCompletionSource _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private (long Announced, long Withdrawn, TaskCompletionSource<long> Reached)? _goal;
    private long _announced;
    private long _withdrawn;
    private long _updates;
    private long _lastAt;

    private RawPeer(Socket socket)
    {
        _socket = socket;
        _thread = new Thread(Read) { IsBackground = true, Name = "bgp-peer" };
    }

    internal long Updates => Interlocked.Read(ref _updates);

    /// <summary>When the last UPDATE was read, as the system's timestamp.</summary>
    internal long LastAt => Interlocked.Read(ref _lastAt);

    /// <summary>Connects and brings a session up.</summary>
    internal static async Task<RawPeer> ConnectAsync(LabHost host, IPAddress to, uint ownAs, IPAddress identifier)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.ReceiveBufferSize = 4 << 20;
            RawPeer peer = new(socket);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(to, 179));
                socket.Send(OpenMessage(ownAs, identifier));
                peer._thread.Start();
                await peer._established.Task.WaitAsync(TimeSpan.FromSeconds(30));
                return peer;
            }
            catch (Exception e) when (e is SocketException or IOException && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // A speaker that is starting, or has not forgotten the session before, refuses; there is no event to wait for.
                peer.Dispose();
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    internal void Send(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes.Span[..Math.Min(bytes.Length, 1 << 20)])..];
        }
    }

    /// <summary>Ends with the time at which so many prefixes more were announced and withdrawn.</summary>
    internal Task<long> WhenAsync(long announced, long withdrawn)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _goal = (_announced + announced, _withdrawn + withdrawn, reached);
            return reached.Task.WaitAsync(_patience);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    /// <summary>Multiprotocol IPv4, route refresh and 4-octet AS numbers.</summary>
    private static byte[] OpenMessage(uint ownAs, IPAddress identifier)
    {
        byte[] capabilities = [2, 14, 1, 4, 0, 1, 0, 1, 2, 0, 65, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(capabilities.AsSpan(12), ownAs);
        var message = new byte[29 + capabilities.Length];
        message.AsSpan(0, 16).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        message[18] = Open;
        message[19] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(20), (ushort)ownAs);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(22), HoldTime);
        identifier.GetAddressBytes().CopyTo(message, 24);
        message[28] = (byte)capabilities.Length;
        capabilities.CopyTo(message, 29);
        return message;
    }

    private static byte[] KeepaliveMessage()
    {
        var message = new byte[Header];
        message.AsSpan(0, 16).Fill(0xff);
        message[17] = Header;
        message[18] = Keepalive;
        return message;
    }

    private void Read()
    {
        var have = 0;
        try
        {
            while (_socket.Receive(_buffer.AsSpan(have)) is > 0 and var read)
            {
                have = Take(have + read);
            }

            _established.TrySetException(new IOException("the session was closed"));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _established.TrySetException(new IOException(e.Message, e));
        }
    }

    /// <summary>Takes whole messages; returns how many octets of the next there are already.</summary>
    private int Take(int have)
    {
        var at = 0;
        while (have - at >= Header)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(at + 16));
            if (have - at < length)
            {
                break;
            }

            Take(_buffer.AsSpan(at, length));
            at += length;
        }

        _buffer.AsSpan(at, have - at).CopyTo(_buffer);
        return have - at;
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        switch (message[18])
        {
            case Open:
                _socket.Send(KeepaliveMessage());
                break;
            case Keepalive:
                _established.TrySetResult();
                break;
            case Notification:
                _established.TrySetException(new IOException($"NOTIFICATION {message[19]}/{message[20]}"));
                break;
            case Update:
                Count(message[Header..]);
                break;
            default:
                break;
        }
    }

    private void Count(ReadOnlySpan<byte> body)
    {
        var withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        var attributes = BinaryPrimitives.ReadUInt16BigEndian(body[(2 + withdrawn)..]);
        var now = TimeProvider.System.GetTimestamp();
        Interlocked.Exchange(ref _lastAt, now);
        lock (_gate)
        {
            _updates++;
            _withdrawn += Prefixes(body.Slice(2, withdrawn));
            _announced += Prefixes(body[(4 + withdrawn + attributes)..]);
            if (_goal is { } goal && _announced >= goal.Announced && _withdrawn >= goal.Withdrawn)
            {
                goal.Reached.TrySetResult(now);
                _goal = null;
            }
        }
    }

    private static int Prefixes(ReadOnlySpan<byte> list)
    {
        var count = 0;
        for (var at = 0; at < list.Length; at += 1 + ((list[at] + 7) / 8))
        {
            count++;
        }

        return count;
    }
}
