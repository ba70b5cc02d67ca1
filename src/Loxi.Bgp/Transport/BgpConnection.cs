using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Bgp.Transport;

/// <summary>
/// One TCP connection: a loop that reads and one that writes. What was posted goes out first, then what the owner has; each write takes all that
/// there is, up to 64 KiB. After <see cref="Close"/> what was posted still goes out, then the end of the stream; a second later at the latest the socket is gone.
/// </summary>
internal sealed class BgpConnection
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

    private async Task ReadAsync(NetworkStream stream)
    {
        string? reason = null;
        try
        {
            await ReadAsync(PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, minimumReadSize: ReadSize / 8, leaveOpen: true))).ConfigureAwait(false);
            reason = "the peer closed the connection";
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
        {
            reason = _writeFailure ?? (exception.InnerException is SocketException inner ? inner.Message : exception.Message);
        }

        catch (Exception exception)
        {
            _owner.Failed(this, exception);
        }

        if (!_isClosing && reason is not null)
        {
            _owner.Ended(this, reason);
        }
    }

    private async Task ReadAsync(PipeReader reader)
    {
        try
        {
            ReadResult result;
            do
            {
                result = await reader.ReadAsync().ConfigureAwait(false);
                var buffer = result.Buffer;
                Take(ref buffer);
                reader.AdvanceTo(buffer.Start, result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private void Take(ref System.Buffers.ReadOnlySequence<byte> buffer)
    {
        if (!_isClosing)
        {
            _owner.Received(this, ref buffer);
        }

        if (_isClosing)
        {
            // Octets left unread would turn the end of the stream into a reset, which can overtake the NOTIFICATION.
            buffer = buffer.Slice(buffer.End);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                var length = Fill();
                if (length > 0)
                {
                    await SendAsync(length).ConfigureAwait(false);
                }
                else if (_isClosing)
                {
                    _socket.Shutdown(SocketShutdown.Send);
                    return;
                }
                else
                {
                    await _signal.WaitAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Ends the reading loop, which tells the owner.
            _writeFailure = exception.Message;
            _socket.Dispose();
        }
        catch (Exception exception)
        {
            _owner.Failed(this, exception);
            _socket.Dispose();
        }
    }

    private async ValueTask SendAsync(int length)
    {
        var left = _output.AsMemory(0, length);
        while (!left.IsEmpty)
        {
            left = left[await _socket.SendAsync(left, SocketFlags.None).ConfigureAwait(false)..];
        }

        Volatile.Write(ref _sentAt, _time.GetTimestamp());
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

    private int Fill()
    {
        lock (_postGate)
        {
            if (_postedLength > 0)
            {
                // Longer than the buffer only when tens of refreshes were posted at once.
                var length = Math.Min(_postedLength, _output.Length);
                _posted.AsSpan(0, length).CopyTo(_output);
                _posted.AsSpan(length, _postedLength - length).CopyTo(_posted);
                _postedLength -= length;
                _hasKeepalive = false;
                return length;
            }
        }

        lock (_outputGate)
        {
            return _mayTake ? _owner.TakeOutput(_output) : 0;
        }
    }
}
