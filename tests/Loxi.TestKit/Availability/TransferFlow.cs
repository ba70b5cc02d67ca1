using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Availability;

/// <summary>One long TCP transfer: bytes go to a <see cref="TcpEchoServer"/> and come back all the time, verified; the longest time without any is its gap.</summary>
public sealed class TransferFlow : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly int _chunk;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _loops = Task.CompletedTask;
    private long _bytes;
    private TimeSpan _last;
    private TimeSpan _longest;
    private TimeSpan _longestFrom;
    private ErrorKind? _end;

    private TransferFlow(Socket socket, int chunk, TimeSpan interval) => (_socket, _chunk, _interval) = (socket, chunk, interval);

    /// <summary>Bytes that came back.</summary>
    public long Bytes => Read(() => _bytes);

    /// <summary>How the connection ended; null while it lasts.</summary>
    public ErrorKind? End => Read(() => _end);

    /// <summary>The longest time in which nothing came back, and when that began; the time since the last byte too, unless the connection has ended.</summary>
    public (TimeSpan Length, TimeSpan From) LongestGap => Read(() => _end is null && LabClock.Now - _last is var open && open > _longest ? (open, _last) : (_longest, _longestFrom));

    /// <summary>Connects and begins.</summary>
    /// <param name="client">Where the client is.</param>
    /// <param name="target">VIP and port.</param>
    /// <param name="chunk">Bytes that are sent at once.</param>
    /// <param name="interval">Time between two of them, 5 ms when null: with the default chunk about 3 MB/s.</param>
    public static async Task<TransferFlow> StartAsync(ISocketSource client, IPEndPoint target, int chunk = 16384, TimeSpan? interval = null)
    {
        var socket = client.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await socket.ConnectAsync(target, limit.Token);
            var flow = new TransferFlow(socket, chunk, interval ?? TimeSpan.FromMilliseconds(5)) { _last = LabClock.Now };
            flow._loops = Task.WhenAll(flow.SendAsync(), flow.ReceiveAsync());
            return flow;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override string ToString() => $"{Bytes} bytes back, longest gap {LongestGap.Length.TotalMilliseconds:f0} ms, {End?.ToString() ?? "open"}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        _socket.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private Task SendAsync() => UntilItEndsAsync(async () =>
    {
        for (long at = 0; ;)
        {
            var piece = TestPattern.Slice(at, _chunk);
            at += piece.Length;
            while (piece.Length > 0)
            {
                piece = piece[await _socket.SendAsync(piece, SocketFlags.None, _stop.Token)..];
            }

            await Task.Delay(_interval, _stop.Token);
        }
    });

    private Task ReceiveAsync() => UntilItEndsAsync(async () =>
    {
        var buffer = new byte[1 << 17];
        while (true)
        {
            var length = await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _stop.Token);
            if (length == 0)
            {
                throw new EndOfStreamException("closed by the server");
            }

            if (TestPattern.FirstDifference(_bytes, buffer.AsSpan(0, length)) is >= 0 and var wrong)
            {
                throw new InvalidDataException($"byte {wrong} of a transfer is wrong");
            }

            lock (_gate)
            {
                var now = LabClock.Now;
                _bytes += length;
                if (now - _last > _longest)
                {
                    (_longest, _longestFrom) = (now - _last, _last);
                }

                _last = now;
            }
        }
    });

    private async Task UntilItEndsAsync(Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is (OperationCanceledException or ObjectDisposedException or SocketException))
        {
            // It is over.
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or InvalidDataException)
        {
            lock (_gate)
            {
                _end ??= LoadRecorder.Kind(e, connecting: false);
            }

            // The other direction has no use any more.
            await _stop.CancelAsync();
        }
    }
}
