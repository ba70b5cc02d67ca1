using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Availability;

/// <summary>Connections to a <see cref="TcpEchoServer"/> that are opened once and used on and on: how many of them outlive a fault.</summary>
public sealed class KeptConnections : IAsyncDisposable
{
    private readonly KeptConnection[] _connections;

    private KeptConnections(KeptConnection[] connections) => _connections = connections;

    public int Count => _connections.Length;

    /// <summary>Opens all of them; ends when each has had its first echo.</summary>
    /// <param name="client">Where the clients are.</param>
    /// <param name="target">VIP and port.</param>
    /// <param name="count">How many.</param>
    /// <param name="interval">Time from an echo to the next question, 100 ms when null.</param>
    /// <exception cref="SocketException">One of them could not be opened.</exception>
    public static async Task<KeptConnections> OpenAsync(ISocketSource client, IPEndPoint target, int count, TimeSpan? interval = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        List<KeptConnection> connections = [];
        KeptConnections kept;
        try
        {
            foreach (var chunk in Enumerable.Range(0, count).Chunk(64))
            {
                connections.AddRange(await Task.WhenAll(chunk.Select(_ => KeptConnection.OpenAsync(client, target, interval ?? TimeSpan.FromMilliseconds(100)))));
            }

            kept = new([.. connections]);
        }
        catch
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }

            throw;
        }

        return kept;
    }

    /// <summary>
    /// Counts who lives: waits until <paramref name="after"/> has passed since <paramref name="moment"/>, then each must answer a question that was sent later
    /// than that within <paramref name="patience"/>.
    /// </summary>
    /// <param name="moment">Of the fault, by <see cref="LabClock"/>.</param>
    /// <param name="after">30 s when null.</param>
    /// <param name="patience">5 s when null.</param>
    public async Task<KeptReport> CountAsync(TimeSpan moment, TimeSpan? after = null, TimeSpan? patience = null)
    {
        var due = moment + (after ?? TimeSpan.FromSeconds(30));
        if (due - LabClock.Now is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest);
        }

        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(5));
        var fates = await Task.WhenAll(_connections.Select(connection => connection.FateAsync(due, limit.Token)));
        return new()
        {
            Opened = Count,
            Alive = fates.Count(static fate => fate == KeptFate.Alive),
            Reset = fates.Count(static fate => fate == KeptFate.Reset),
            Closed = fates.Count(static fate => fate == KeptFate.Closed),
            Silent = fates.Count(static fate => fate == KeptFate.Silent),
            Corrupt = fates.Count(static fate => fate == KeptFate.Corrupt),
            LongestWait = _connections.Max(static connection => connection.LongestWait),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_connections.Select(static connection => connection.DisposeAsync().AsTask()));
        GC.SuppressFinalize(this);
    }

    private enum KeptFate
    {
        Alive,
        Reset,
        Closed,
        Silent,
        Corrupt,
    }

    private sealed class KeptConnection : IAsyncDisposable
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

        internal static async Task<KeptConnection> OpenAsync(ISocketSource client, IPEndPoint target, TimeSpan interval)
        {
            var connection = new KeptConnection(client.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp), interval);
            try
            {
                connection._socket.NoDelay = true;
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                await connection._socket.ConnectAsync(target, limit.Token);
                await connection.AskAsync(0, limit.Token);
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
}
