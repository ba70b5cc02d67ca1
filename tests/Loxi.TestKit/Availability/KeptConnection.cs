using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Availability;

/// <summary>One connection of <see cref="KeptConnections"/>: a question, its echo, a pause, the next question.</summary>
internal sealed class KeptConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _answered;
    private TimeSpan _asked;
    private TimeSpan _longest;
    private KeptFate? _end;
    private Task _loop = Task.CompletedTask;

    private KeptConnection(Socket socket, TimeSpan interval) => (_socket, _interval) = (socket, interval);

    /// <summary>The longest time that an answer took, also one that is still waited for.</summary>
    internal TimeSpan LongestWait
    {
        get
        {
            lock (_gate)
            {
                return _end is null && _asked > _answered && LabClock.Now - _asked is var open && open > _longest ? open : _longest;
            }
        }
    }

    /// <summary>When its first echo was there.</summary>
    internal TimeSpan Established { get; private set; }

    internal static async Task<KeptConnection> OpenAsync(ISocketSource client, IPEndPoint target, TimeSpan interval, CancellationToken stop)
    {
        var connection = new KeptConnection(client.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp), interval);
        try
        {
            connection._socket.NoDelay = true;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            await connection._socket.ConnectAsync(target, limit.Token);
            await connection.AskAsync(0, limit.Token);
            connection.Established = LabClock.Now;
            connection._loop = connection.RunAsync();
            return connection;
        }
        catch
        {
            connection._socket.Dispose();
            throw;
        }
    }

    /// <summary>What is known of it when it has answered a question of after a moment, has ended, or time is up.</summary>
    internal async Task<KeptFate> FateAsync(TimeSpan due, CancellationToken limit)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_end is { } end)
                {
                    return end;
                }

                if (_answered >= due)
                {
                    return KeptFate.Alive;
                }

                change = _change.Task;
            }

            try
            {
                await change.WaitAsync(limit);
            }
            catch (OperationCanceledException)
            {
                return KeptFate.Silent;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (long number = 1; ; number++)
            {
                await Task.Delay(_interval, _stop.Token);
                await AskAsync(number, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It is over.
        }
        catch (EndOfStreamException)
        {
            Change(KeptFate.Closed);
        }
        catch (InvalidDataException)
        {
            Change(KeptFate.Corrupt);
        }
        catch (SocketException e)
        {
            // Anything else than a RST: the client's own stack gave up.
            Change(LoadRecorder.Kind(e, connecting: false) == ErrorKind.Reset ? KeptFate.Reset : KeptFate.Silent);
        }
    }

    private async Task AskAsync(long number, CancellationToken cancellation)
    {
        var question = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(question, number);
        var asked = LabClock.Now;
        lock (_gate)
        {
            _asked = asked;
        }

        _ = await _socket.SendAsync(question.AsMemory(), SocketFlags.None, cancellation);
        var answer = new byte[question.Length];
        for (var at = 0; at < answer.Length;)
        {
            var length = await _socket.ReceiveAsync(answer.AsMemory(at), SocketFlags.None, cancellation);
            at += length > 0 ? length : throw new EndOfStreamException("closed before an echo");
        }

        if (!answer.AsSpan().SequenceEqual(question))
        {
            throw new InvalidDataException($"echo {number}: other bytes than were sent");
        }

        lock (_gate)
        {
            var took = LabClock.Now - asked;
            _longest = took > _longest ? took : _longest;
            _answered = asked;
        }

        Change(null);
    }

    private void Change(KeptFate? end)
    {
        TaskCompletionSource change;
        lock (_gate)
        {
            _end ??= end;
            (change, _change) = (_change, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        change.SetResult();
    }
}
