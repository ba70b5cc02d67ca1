using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Loxi.TestKit.Traffic;

/// <summary>A load that runs until its limits or until it is stopped; every request is counted once, as answered or failed.</summary>
public sealed class Load : IAsyncDisposable
{
    private readonly ISocketSource _source;
    private readonly LoadOptions _options;
    private readonly bool _udp;
    private readonly LoadRecorder _recorder = new();
    private readonly CancellationTokenSource _stop = new();
    private long _tickets;

    private Load(ISocketSource source, LoadOptions options, bool udp)
    {
        if (options.Connections < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Connections, "connections: expected at least 1");
        }

        _source = source;
        _options = options;
        _udp = udp;
        if (options.Duration is { } duration)
        {
            _stop.CancelAfter(duration);
        }

        Completion = Task.WhenAll(Enumerable.Range(0, options.Connections).Select(RunAsync));
    }

    /// <summary>Ends when all connections have ended.</summary>
    public Task Completion { get; }

    public LoadProgress Progress => _recorder.Progress;

    public LoadReport Report => _recorder.Report();

    /// <summary>HTTP requests over TCP.</summary>
    public static Load StartHttp(ISocketSource source, LoadOptions options) => new(source, options, udp: false);

    /// <summary>UDP requests to a <see cref="UdpEchoServer"/>.</summary>
    public static Load StartUdp(ISocketSource source, LoadOptions options) => new(source, options, udp: true);

    /// <summary>Waits until the counts are as wanted.</summary>
    /// <exception cref="TimeoutException">They were not in time; the message has the report.</exception>
    public Task WaitForAsync(Func<LoadProgress, bool> predicate, string what, TimeSpan? timeout = null)
        => _recorder.WaitForAsync(predicate, what, timeout ?? TimeSpan.FromSeconds(20));

    /// <summary>Waits until every connection is open and this many more requests than now are answered.</summary>
    public async Task WaitForAnswersAsync(long more, TimeSpan? timeout = null)
    {
        var wanted = Progress.Answered + more;
        await WaitForAsync(progress => progress.Answered >= wanted, string.Create(CultureInfo.InvariantCulture, $"{wanted} answers"), timeout);
    }

    /// <summary>Waits until all connections are open at the same time.</summary>
    public Task WaitUntilOpenAsync(TimeSpan? timeout = null)
        => WaitForAsync(progress => progress.Open == _options.Connections, string.Create(CultureInfo.InvariantCulture, $"{_options.Connections} open connections"), timeout);

    /// <summary>Lets running requests end, closes the connections and reports.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        await Completion;
        return Report;
    }

    /// <summary>Waits for the end by the load's own limits and reports.</summary>
    public async Task<LoadReport> FinishAsync()
    {
        if (_options.Duration is null && _options.MaxRequests is null)
        {
            throw new InvalidOperationException("a load without Duration and MaxRequests ends by StopAsync only");
        }

        await Completion;
        return Report;
    }

    public async ValueTask DisposeAsync()
    {
        _ = await StopAsync();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private bool TakeTicket() => !_stop.IsCancellationRequested
        && (_options.MaxRequests is not { } max || Interlocked.Increment(ref _tickets) <= max);

    private async Task RunAsync(int index)
    {
        // Spread over the interval, at most a second, so that a thousand connections do not all begin at once.
        var spread = _options.Interval < TimeSpan.FromSeconds(1) ? _options.Interval : TimeSpan.FromSeconds(1);
        await PauseAsync(spread * ((double)index / _options.Connections));
        while (!_stop.IsCancellationRequested)
        {
            using ILoadConnection connection = _udp ? new UdpLoadConnection(_source, _options) : new HttpLoadConnection(_source, _options);
            if (!await UseAsync(connection, index) || (_options is { Reconnect: false, KeepAlive: true } && connection.Broken))
            {
                return;
            }
        }
    }

    /// <summary>Sends requests until the connection is of no more use; false when the load is over.</summary>
    private async Task<bool> UseAsync(ILoadConnection connection, int index)
    {
        var open = false;
        string? server = null;
        try
        {
            while (TakeTicket())
            {
                var started = Stopwatch.GetTimestamp();
                _recorder.Request();
                try
                {
                    if (!open)
                    {
                        await connection.ConnectAsync();
                        open = true;
                        _recorder.Connected();
                    }

                    var answer = await connection.RequestAsync();
                    if (server is not null && server != answer.Server)
                    {
                        _recorder.Error(ErrorKind.ServerChanged, index, $"{server}, then {answer.Server}");
                    }
                    else
                    {
                        server = answer.Server;
                        _recorder.Answer(answer.Server, answer.Client, Stopwatch.GetElapsedTime(started));
                    }
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException or InvalidDataException or EndOfStreamException)
                {
                    connection.Broken = !_udp || !open;
                    _recorder.Error(e, !open, index);
                }

                await PauseAsync(_options.Interval - Stopwatch.GetElapsedTime(started));
                if (connection.Broken || !_options.KeepAlive)
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            if (open)
            {
                _recorder.Disconnected();
            }
        }
    }

    private async Task PauseAsync(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            // Ends early, without an exception, when the load is stopped.
            await Task.Delay(time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            await Task.Yield();
        }
    }
}
