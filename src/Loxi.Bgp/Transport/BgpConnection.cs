using System.Net;
using System.Net.Sockets;

namespace Loxi.Bgp.Transport;

/// <summary>
/// One TCP connection: a loop that reads and one that writes. What was posted goes out first, then what the owner has; each write takes all that
/// there is, up to 64 KiB. After <see cref="Close"/> what was posted still goes out, then the end of the stream; a second later at the latest the socket is gone.
/// </summary>
internal sealed partial class BgpConnection
{
    private const int ReadSize = 128 * 1024;
    private const int WriteSize = 64 * 1024;

    /// <summary>How long a closed connection may take to deliver its last words.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly IConnectionOwner _owner;
    private readonly TimeProvider _time;
    private readonly OutputSignal _signal = new();
    private readonly Lock _postGate = new();
    private readonly Lock _outputGate = new();
    private readonly byte[] _output = new byte[WriteSize];
    private byte[] _posted = new byte[256];
    private int _postedLength;
    private bool _hasKeepalive;
    private bool _mayTake;
    private volatile bool _isClosing;
    private long _sentAt;
    private ITimer? _closeTimer;
    private volatile string? _writeFailure;

    /// <param name="id">Its number within the peer.</param>
    /// <param name="socket">Connected; the connection disposes it.</param>
    /// <param name="owner">Who hears of it.</param>
    /// <param name="time">For the limit of <see cref="Close"/> and the time of the last write.</param>
    /// <exception cref="SocketException">The peer has reset it already.</exception>
    internal BgpConnection(int id, Socket socket, IConnectionOwner owner, TimeProvider time)
    {
        (Id, _socket, _owner, _time) = (id, socket, owner, time);
        Local = (IPEndPoint)socket.LocalEndPoint!;
        Remote = (IPEndPoint)socket.RemoteEndPoint!;
        _sentAt = time.GetTimestamp();
    }

    internal int Id { get; }

    internal IPEndPoint Local { get; }

    internal IPEndPoint Remote { get; }

    /// <summary>Longest message that is taken; follows the own OPEN (RFC 8654 4).</summary>
    internal int MaximumLength { get; set; } = Wire.MessageHeader.PlainMaximum;

    internal bool IsClosing => _isClosing;

    /// <summary>When the kernel took over the last write, as the time provider's timestamp.</summary>
    internal long SentAt => Volatile.Read(ref _sentAt);

    /// <summary>Octets that have come and were not read.</summary>
    internal bool HasUnread
    {
        get
        {
            try
            {
                return _socket.Available > 0;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Ends when both loops have ended and the socket is closed.</summary>
    internal Task Completion { get; private set; } = Task.CompletedTask;

    internal MessageFramer Framer { get; } = new();

    /// <exception cref="IOException">The peer has reset it already.</exception>
    internal void Start()
        // Made here, because .NET wants a socket for it that was not shut down in either direction.
        => Completion = RunAsync(new NetworkStream(_socket, ownsSocket: false));

    /// <summary>Puts a message behind those that were posted before, ahead of the owner's output.</summary>
    internal void Post(ReadOnlySpan<byte> message)
    {
        lock (_postGate)
        {
            Append(message);
        }

        _signal.Set();
    }

    /// <summary>Posts a KEEPALIVE, unless one is posted that did not leave yet: it says as much as two, and to a peer that does not read they must not pile up.</summary>
    /// <returns>Whether it was posted.</returns>
    internal bool PostKeepalive(ReadOnlySpan<byte> message)
    {
        lock (_postGate)
        {
            if (_hasKeepalive)
            {
                return false;
            }

            _hasKeepalive = true;
            Append(message);
        }

        _signal.Set();
        return true;
    }

    /// <summary>The owner has output.</summary>
    internal void SignalOutput() => _signal.Set();

    /// <summary>From now on, or no longer, <see cref="IConnectionOwner.TakeOutput"/> is called; when this returns false it is not under way either.</summary>
    internal void AllowOutput(bool allowed)
    {
        lock (_outputGate)
        {
            _mayTake = allowed;
        }
    }

    /// <summary>Closes it when what was posted has left, a second from now at the latest.</summary>
    internal void Close()
    {
        lock (_postGate)
        {
            if (_isClosing)
            {
                return;
            }

            _isClosing = true;
            _closeTimer = _time.CreateTimer(static connection => ((BgpConnection)connection!).Abort(), this, CloseTime, Timeout.InfiniteTimeSpan);
        }

        AllowOutput(false);
        _signal.Set();
    }

    /// <summary>Closes it now.</summary>
    internal void Abort()
    {
        _isClosing = true;
        _socket.Dispose();
        _signal.Set();
    }

    private async Task RunAsync(NetworkStream stream)
    {
        await using var streamScope = stream.ConfigureAwait(false);
        // Off the caller's stack, which holds the lock of the peer.
        await Task.Yield();
        var writing = WriteAsync();
        await ReadAsync(stream).ConfigureAwait(false);
        // What was posted still goes out to a peer that has only ended its own direction.
        Close();
        await writing.ConfigureAwait(false);
        _socket.Dispose();
        lock (_postGate)
        {
            _closeTimer?.Dispose();
        }
    }

    private void Append(ReadOnlySpan<byte> message)
    {
        if (_isClosing)
        {
            return;
        }

        if (_posted.Length - _postedLength < message.Length)
        {
            Array.Resize(ref _posted, Math.Max(_posted.Length * 2, _postedLength + message.Length));
        }

        message.CopyTo(_posted.AsSpan(_postedLength));
        _postedLength += message.Length;
    }
}
