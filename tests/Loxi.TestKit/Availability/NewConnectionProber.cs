using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Availability;

/// <summary>
/// Opens a TCP connection all the time, every one with a limit, and resets it at once when it is there. The longest gap (Lnew) is from the first attempt that
/// failed to the first after it that did not. An attempt that came to its limit while the prober itself did not run says nothing: it is unknown, no gap.
/// </summary>
public sealed class NewConnectionProber : IAsyncDisposable
{
    /// <summary>What <see cref="Read"/> calls the one who answers.</summary>
    public const string Answered = "answered";

    private readonly ISocketSource _client;
    private readonly IPEndPoint _target;
    private readonly TimeSpan _limit;
    private readonly ProbeLog _log;
    private readonly Pacer _pacer;
    private readonly Heartbeat _heart = new();
    private readonly Dictionary<ErrorKind, long> _failures = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private int _open;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NewConnectionProber(ISocketSource client, IPEndPoint target, TimeSpan period, TimeSpan limit)
    {
        (_client, _target, _limit) = (client, target, limit);
        // Decided a little later than the limit: the timer and the log read the clock one after the other.
        _log = new(period, limit + TimeSpan.FromMilliseconds(50), areEnded: true);
        _open = 1;
        _pacer = new($"connect {target}", period, Begin);
    }

    /// <summary>Attempts that failed, by the way in which they did.</summary>
    public IReadOnlyDictionary<ErrorKind, long> Failures
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<ErrorKind, long>(_failures);
            }
        }
    }

    public int Attempts => _log.Count;

    /// <param name="client">Where the client is.</param>
    /// <param name="target">VIP and port.</param>
    /// <param name="period">Time between two attempts, 10 ms when null.</param>
    /// <param name="limit">Time that one may take, 200 ms when null.</param>
    public static NewConnectionProber Start(ISocketSource client, IPEndPoint target, TimeSpan? period = null, TimeSpan? limit = null)
        => new(client, target, period ?? TimeSpan.FromMilliseconds(10), limit ?? TimeSpan.FromMilliseconds(200));

    /// <summary>What became of the attempts until now: <see cref="OwnerTimeline.LongestSilence"/> is the longest gap.</summary>
    public OwnerTimeline Read() => _log.Read();

    /// <summary>Whether no attempt of the last time failed, of those that are decided.</summary>
    /// <param name="since">The time that is looked at does not begin before this.</param>
    /// <param name="length">How long it is.</param>
    public bool IsSteady(TimeSpan since, TimeSpan length)
    {
        var all = Read();
        var end = all.Spans is [.., var span] ? span.To : since;
        var recent = all.Within(end - length, end);
        return end - since > length && recent.Probes > 0 && recent.Silent == TimeSpan.Zero;
    }

    public async ValueTask DisposeAsync()
    {
        _pacer.Dispose();
        await _stop.CancelAsync();
        End();
        await _idle.Task;
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Begin()
    {
        Interlocked.Increment(ref _open);
        // An answer is noticed on the thread pool: as long as that comes to its turn, the prober does.
        _ = ThreadPool.UnsafeQueueUserWorkItem(static heart => heart.Beat(LabClock.Now), _heart, preferLocal: false);
        _ = ConnectAsync(_log.Add());
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _idle.SetResult();
        }
    }

    private async Task ConnectAsync(int number)
    {
        var (begin, isKnown) = (LabClock.Now, true);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(_limit);
            using var socket = _client.CreateSocket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_target, limit.Token);
            // One that is there and too late was not ended by its limit: the prober stood still.
            isKnown = _log.Answer(number, Answered, LabClock.Now);
            // A RST: thousands of connections leave no port behind that waits.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            isKnown = e is not OperationCanceledException || _heart.LongestPause(begin, LabClock.Now) < _limit / 2;
            if (isKnown && !_stop.IsCancellationRequested)
            {
                lock (_gate)
                {
                    var kind = LoadRecorder.Kind(e, connecting: true);
                    _failures[kind] = _failures.GetValueOrDefault(kind) + 1;
                }
            }
        }
        finally
        {
            _log.End(number, isKnown);
            End();
        }
    }
}
