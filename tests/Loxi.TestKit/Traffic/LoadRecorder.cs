using System.Diagnostics;
using System.Net.Sockets;

namespace Loxi.TestKit.Traffic;

/// <summary>Counts what the connections of a load do; any number of threads.</summary>
internal sealed class LoadRecorder
{
    private const int KeptErrors = 1000;
    private const int KeptAddresses = 64;
    private readonly Lock _gate = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<ErrorKind, long> _kinds = [];
    private readonly HashSet<string> _clients = new(StringComparer.Ordinal);
    private readonly List<LoadError> _errors = [];
    private readonly LatencyHistogram _latency = new();
    private readonly List<(Func<LoadProgress, bool> Predicate, TaskCompletionSource Signal)> _waiters = [];
    private LoadProgress _progress;
    private long _lastAnswer;
    private TimeSpan _gap;

    internal LoadProgress Progress
    {
        get
        {
            lock (_gate)
            {
                return _progress;
            }
        }
    }

    internal void Request() => Change(progress => progress with { Requests = progress.Requests + 1 });

    internal void Connected() => Change(progress => progress with { Connected = progress.Connected + 1, Open = progress.Open + 1 });

    internal void Disconnected() => Change(progress => progress with { Open = progress.Open - 1 });

    internal void Answer(string server, string client, TimeSpan latency)
    {
        lock (_gate)
        {
            _servers[server] = _servers.GetValueOrDefault(server) + 1;
            if (_clients.Count < KeptAddresses)
            {
                _clients.Add(client);
            }

            _latency.Add(latency);
            var now = Stopwatch.GetTimestamp();
            if (_lastAnswer != 0 && Stopwatch.GetElapsedTime(_lastAnswer, now) is var gap && gap > _gap)
            {
                _gap = gap;
            }

            _lastAnswer = now;
            Change(progress => progress with { Answered = progress.Answered + 1 });
        }
    }

    internal void Error(ErrorKind kind, int connection, string detail)
    {
        lock (_gate)
        {
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            if (_errors.Count < KeptErrors)
            {
                _errors.Add(new LoadError(kind, DateTimeOffset.UtcNow, connection, detail));
            }

            Change(progress => progress with { Failed = progress.Failed + 1 });
        }
    }

    internal void Error(Exception exception, bool connecting, int connection)
        => Error(Kind(exception, connecting), connection, exception is SocketException socket ? socket.SocketErrorCode.ToString() : exception.Message);

    internal async Task WaitForAsync(Func<LoadProgress, bool> predicate, string what, TimeSpan timeout)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (predicate(_progress))
            {
                return;
            }

            _waiters.Add((predicate, signal));
        }

        try
        {
            await signal.Task.WaitAsync(timeout);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"load: not '{what}' in {timeout.TotalSeconds} s: {Report()}", e);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.RemoveAll(waiter => waiter.Signal == signal);
            }
        }
    }

    internal LoadReport Report()
    {
        lock (_gate)
        {
            return new LoadReport
            {
                Progress = _progress,
                PerServer = new Dictionary<string, long>(_servers),
                ClientAddresses = [.. _clients],
                FailedByKind = new Dictionary<ErrorKind, long>(_kinds),
                Errors = [.. _errors],
                Elapsed = Stopwatch.GetElapsedTime(_started),
                P50 = _latency.Quantile(0.5),
                P99 = _latency.Quantile(0.99),
                Max = _latency.Max,
                LongestGap = _gap,
            };
        }
    }

    internal static ErrorKind Kind(Exception exception, bool connecting) => exception switch
    {
        OperationCanceledException => connecting ? ErrorKind.ConnectTimeout : ErrorKind.Timeout,
        EndOfStreamException => ErrorKind.Closed,
        InvalidDataException => ErrorKind.BadAnswer,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => ErrorKind.Refused,
        SocketException { SocketErrorCode: SocketError.TimedOut } => connecting ? ErrorKind.ConnectTimeout : ErrorKind.Timeout,
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown } => ErrorKind.Unreachable,
        SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown } => ErrorKind.Reset,
        _ => ErrorKind.Other,
    };

    private void Change(Func<LoadProgress, LoadProgress> change)
    {
        lock (_gate)
        {
            _progress = change(_progress);
            foreach (var (predicate, signal) in _waiters)
            {
                if (predicate(_progress))
                {
                    signal.TrySetResult();
                }
            }
        }
    }
}
