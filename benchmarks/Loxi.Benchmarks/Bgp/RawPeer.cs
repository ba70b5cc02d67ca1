using System.Buffers.Binary;
using System.Globalization;
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
    private const ushort LongHoldTime = 240;
    private const byte MpReach = 14;
    private const byte MpUnreach = 15;
    private const int ExtendedLength = 0x10;
    private static readonly TimeSpan _establishing = TimeSpan.FromSeconds(30);
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
    private long _heardAt;
    private long _longestSilence;
    private string? _end;

    private RawPeer(Socket socket)
    {
        _socket = socket;
        _thread = new Thread(Read) { IsBackground = true, Name = "bgp-peer" };
    }

    internal long Updates => Interlocked.Read(ref _updates);

    /// <summary>Why the session is over; null while it is not.</summary>
    internal string? End => Volatile.Read(ref _end);

    /// <summary>The longest time between two messages of the speaker since the session is up.</summary>
    internal TimeSpan LongestSilence => TimeProvider.System.GetElapsedTime(0, Interlocked.Read(ref _longestSilence));

    /// <summary>Connects and brings a session up.</summary>
    internal static async Task<RawPeer> ConnectAsync(LabHost host, IPAddress to, uint ownAs, IPAddress identifier, ushort holdTime = LongHoldTime)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.ReceiveBufferSize = 4 << 20;
            // A speaker that reads no more must not hold us for ever.
            socket.SendTimeout = (int)_patience.TotalMilliseconds;
            RawPeer peer = new(socket);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(to, 179));
                peer.Send(OpenMessage(ownAs, identifier, holdTime));
                peer._thread.Start();
                await peer._established.Task.WaitAsync(_establishing);
                return peer;
            }
            catch (TimeoutException e)
            {
                peer.Dispose();
                throw new InvalidOperationException($"{to} took the connection and has sent no KEEPALIVE within {_establishing.TotalSeconds} s", e);
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidOperationException { InnerException: SocketException } && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // A speaker that is starting, or has not forgotten the session before, refuses; there is no event to wait for.
                peer.Dispose();
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    /// <exception cref="InvalidOperationException">The speaker reads no more, or has ended the session.</exception>
    internal void Send(ReadOnlyMemory<byte> bytes)
    {
        var all = bytes.Length;
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes.Span[..Math.Min(bytes.Length, 1 << 20)])..];
            }
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"the speaker has taken {all - bytes.Length} of {all} octets, then: {(e.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut ? $"nothing for {_patience.TotalSeconds} s" : End ?? e.Message)}"), e);
        }
    }

    /// <summary>Nothing when the session is over.</summary>
    internal void SendKeepalive()
    {
        try
        {
            Send(KeepaliveMessage());
        }
        catch (InvalidOperationException e)
        {
            Close(e.Message);
        }
    }

    /// <summary>Ends with the time at which so many prefixes more were announced and withdrawn.</summary>
    /// <exception cref="InvalidOperationException">The session ended before, or they did not come within minutes.</exception>
    internal async Task<long> WhenAsync(long announced, long withdrawn)
    {
        var reached = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _goal = (_announced + announced, _withdrawn + withdrawn, reached);
            if (_end is { } end)
            {
                reached.SetException(new InvalidOperationException(end));
            }
        }

        try
        {
            return await reached.Task.WaitAsync(_patience);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                var (toAnnounce, toWithdraw) = _goal is { } goal ? (goal.Announced - _announced, goal.Withdrawn - _withdrawn) : (0, 0);
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"after {_patience.TotalSeconds} s {toAnnounce} of {announced} announcements and {toWithdraw} of {withdrawn} withdrawals have not come"));
            }
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

    /// <summary>Multiprotocol IPv4 and IPv6, route refresh and 4-octet AS numbers.</summary>
    private static byte[] OpenMessage(uint ownAs, IPAddress identifier, ushort holdTime)
    {
        byte[] capabilities = [2, 20, 1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 2, 0, 65, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(capabilities.AsSpan(18), ownAs);
        var message = new byte[29 + capabilities.Length];
        message.AsSpan(0, 16).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), (ushort)message.Length);
        message[18] = Open;
        message[19] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(20), (ushort)ownAs);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(22), holdTime);
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

            Close("the session was closed");
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            Close(e.Message);
        }
    }

    /// <summary>The session is over; whoever waits for something hears why.</summary>
    private void Close(string why)
    {
        lock (_gate)
        {
            _end ??= why;
            _goal?.Reached.TrySetException(new InvalidOperationException(_end));
        }

        _established.TrySetException(new IOException(_end));
    }

    /// <summary>Takes whole messages; returns how many octets of the next there are already.</summary>
    private int Take(int have)
    {
        var at = 0;
        while (have - at >= Header)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(at + 16));
            if (length < Header)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the speaker has sent a message of {length} octets"));
            }

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
        var now = TimeProvider.System.GetTimestamp();
        if (_heardAt != 0)
        {
            Interlocked.Exchange(ref _longestSilence, Math.Max(_longestSilence, now - _heardAt));
        }

        switch (message[18])
        {
            case Open:
                SendKeepalive();
                break;
            case Keepalive:
                _heardAt = now;
                _established.TrySetResult();
                break;
            case Notification:
                Close($"NOTIFICATION {message[19]}/{message[20]}");
                break;
            case Update:
                _heardAt = now;
                Count(message[Header..], now);
                break;
            default:
                break;
        }
    }

    private void Count(ReadOnlySpan<byte> body, long now)
    {
        var withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        var length = BinaryPrimitives.ReadUInt16BigEndian(body[(2 + withdrawn)..]);
        var attributes = body.Slice(4 + withdrawn, length);
        lock (_gate)
        {
            _updates++;
            _withdrawn += Prefixes(body.Slice(2, withdrawn));
            _announced += Prefixes(body[(4 + withdrawn + length)..]);
            CountMultiprotocol(attributes);
            if (_goal is { } goal && _announced >= goal.Announced && _withdrawn >= goal.Withdrawn)
            {
                goal.Reached.TrySetResult(now);
                _goal = null;
            }
        }
    }

    /// <summary>MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 sections 3 and 4).</summary>
    private void CountMultiprotocol(ReadOnlySpan<byte> attributes)
    {
        while (!attributes.IsEmpty)
        {
            var isLong = (attributes[0] & ExtendedLength) != 0;
            var length = isLong ? BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]) : attributes[2];
            var value = attributes.Slice(isLong ? 4 : 3, length);
            switch (attributes[1])
            {
                // Family, next hop with its length, one reserved octet, prefixes.
                case MpReach:
                    _announced += Prefixes(value[(5 + value[3])..]);
                    break;
                case MpUnreach:
                    _withdrawn += Prefixes(value[3..]);
                    break;
                default:
                    break;
            }

            attributes = attributes[((isLong ? 4 : 3) + length)..];
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
