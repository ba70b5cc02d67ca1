using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Availability;

/// <summary>Connections to a <see cref="TcpEchoServer"/> that are opened once and used on and on: how many of them outlive a fault.</summary>
public sealed class KeptConnections : IAsyncDisposable
{
    private readonly ISocketSource _client;
    private readonly IPEndPoint _target;
    private readonly TimeSpan _interval;
    private readonly List<KeptConnection> _connections = [];
    private readonly Lock _gate = new();

    private KeptConnections(ISocketSource client, IPEndPoint target, TimeSpan interval) => (_client, _target, _interval) = (client, target, interval);

    public int Count => All().Length;

    /// <summary>Opens all of them; ends when each has had its first echo.</summary>
    /// <param name="client">Where the clients are.</param>
    /// <param name="target">VIP and port.</param>
    /// <param name="count">How many.</param>
    /// <param name="interval">Time from an echo to the next question; when null 100 ms, with more than 200 so much that all together ask 2,000 times a second.</param>
    /// <exception cref="SocketException">One of them could not be opened.</exception>
    public static async Task<KeptConnections> OpenAsync(ISocketSource client, IPEndPoint target, int count, TimeSpan? interval = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var kept = new KeptConnections(client, target, interval ?? TimeSpan.FromMilliseconds(Math.Max(100, count / 2.0)));
        try
        {
            foreach (var chunk in Enumerable.Range(0, count).Chunk(64))
            {
                await Task.WhenAll(chunk.Select(_ => kept.OpenOneAsync(CancellationToken.None)));
            }

            return kept;
        }
        catch
        {
            await kept.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens one more each <paramref name="period"/>: so that some are young when the fault comes. Those that are not there at <paramref name="stop"/> do not count.</summary>
    public async Task KeepOpeningAsync(TimeSpan period, CancellationToken stop)
    {
        List<Task> opening = [];
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                opening.Add(OpenOneAsync(stop));
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }

        foreach (var one in opening)
        {
            try
            {
                await one;
            }
            catch (Exception e) when (stop.IsCancellationRequested && e is OperationCanceledException or SocketException)
            {
                // The fault came first.
            }
        }
    }

    /// <summary>
    /// Counts who lives: waits until <paramref name="after"/> has passed since <paramref name="moment"/>, then each must answer a question that was sent later
    /// than that within <paramref name="patience"/>.
    /// </summary>
    /// <param name="moment">Of the fault, by <see cref="LabClock"/>.</param>
    /// <param name="after">30 s when null.</param>
    /// <param name="patience">5 s and the time between two questions when null.</param>
    /// <param name="settled">Connections that were open for less before the fault are counted apart; zero when null: all of them count.</param>
    public async Task<KeptReport> CountAsync(TimeSpan moment, TimeSpan? after = null, TimeSpan? patience = null, TimeSpan? settled = null)
    {
        var due = moment + (after ?? TimeSpan.FromSeconds(30));
        if (due - LabClock.Now is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest);
        }

        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(5) + _interval);
        var all = All();
        var old = settled is { } least ? [.. all.Where(connection => connection.Established <= moment - least)] : all;
        var fatesOfYoung = Task.WhenAll(all.Except(old).Select(connection => connection.FateAsync(due, limit.Token)));
        var fates = await Task.WhenAll(old.Select(connection => connection.FateAsync(due, limit.Token)));
        var young = await fatesOfYoung;
        return new()
        {
            Opened = old.Length,
            Young = young.Length,
            YoungAlive = young.Count(static fate => fate == KeptFate.Alive),
            Alive = fates.Count(static fate => fate == KeptFate.Alive),
            Reset = fates.Count(static fate => fate == KeptFate.Reset),
            Closed = fates.Count(static fate => fate == KeptFate.Closed),
            Silent = fates.Count(static fate => fate == KeptFate.Silent),
            Corrupt = fates.Count(static fate => fate == KeptFate.Corrupt),
            LongestWait = old.Select(static connection => connection.LongestWait).DefaultIfEmpty().Max(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(All().Select(static connection => connection.DisposeAsync().AsTask()));
        GC.SuppressFinalize(this);
    }

    private KeptConnection[] All()
    {
        lock (_gate)
        {
            return [.. _connections];
        }
    }

    private async Task OpenOneAsync(CancellationToken stop)
    {
        var connection = await KeptConnection.OpenAsync(_client, _target, _interval, stop);
        lock (_gate)
        {
            _connections.Add(connection);
        }
    }
}
