using System.Collections.Immutable;
using Loxi.Core.Roles;
using Loxi.Linux;
using Loxi.Linux.Processes;
using Loxi.Linux.Time;
using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Announce;

/// <summary>Runs a core on a thread of its own, which no busy pool holds up: one call after the other, and what is due in between.</summary>
internal sealed partial class Worker(Func<IAnnounceSystem> open, int realTimePriority, ILogger logger, uint mark) : IAsyncDisposable
{
    /// <summary>Links that change again and again are not read more often.</summary>
    private static readonly TimeSpan RefreshGap = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan RetryGap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly ILogger _logger = logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The gate of what other threads give: calls, that something was heard, and links that changed.
    private readonly object _gate = new();
    private readonly HashSet<int> _down = [];
    private Queue<Work> _calls = new();
    private bool _isWoken;
    private bool _hasChanged;
    private bool _stops;
    private Thread? _thread;

    private ImmutableList<Action<AddressConflict>> _subscribers = [];
    private ImmutableList<Action<GatewayStatus>> _gatewaySubscribers = [];
    private IAnnounceSystem? _system;
    private AnnouncerCore? _core;
    private TimeSpan _refreshAt;

    private static TimeSpan Now => TimeSpan.FromTicks(MonotonicClock.Nanoseconds / 100);

    internal Task Do(Action<AnnouncerCore, TimeSpan> action) => Add(new Work(() =>
    {
        var core = Open();
        action(core, Now);
    }));

    internal async Task<AnnouncerStatus> ReadStatusAsync()
    {
        var status = new AnnouncerStatus([], new AnnouncerCounters());
        // Who only looks opens nothing.
        await Add(new Work(() => status = _core?.Status(_system!.Inbox.Lost) ?? status)).ConfigureAwait(false);
        return status;
    }

    internal IDisposable Subscribe(Action<AddressConflict> listener)
    {
        ImmutableInterlocked.Update(ref _subscribers, static (list, added) => list.Add(added), listener);
        return new Subscription(() => ImmutableInterlocked.Update(ref _subscribers, static (list, removed) => list.Remove(removed), listener));
    }

    internal IDisposable SubscribeGateways(Action<GatewayStatus> listener)
    {
        ImmutableInterlocked.Update(ref _gatewaySubscribers, static (list, added) => list.Add(added), listener);
        return new Subscription(() => ImmutableInterlocked.Update(ref _gatewaySubscribers, static (list, removed) => list.Remove(removed), listener));
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_thread is null && !_stops)
            {
                _ended.SetResult();
            }

            _stops = true;
            Monitor.Pulse(_gate);
        }

        await _ended.Task.ConfigureAwait(false);
    }

    private Task Add(Work work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stops, typeof(NeighbourAnnouncer));
            _calls.Enqueue(work);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Ha announce" };
                _thread.UnsafeStart();
            }

            Wake();
        }

        return work.Result.Task;
    }

    private void Wake()
    {
        _isWoken = true;
        Monitor.Pulse(_gate);
    }

    private void Run()
    {
        BecomeRealTime();
        var due = TimeSpan.MaxValue;
        while (true)
        {
            var (calls, stops) = WaitUntil(due);
            foreach (var call in calls)
            {
                call.Run();
            }

            if (stops)
            {
                break;
            }

            if (_core is { } core)
            {
                due = TakeTurn(core);
            }
        }

        Stop();
        _ended.SetResult();
    }

    private void BecomeRealTime()
    {
        try
        {
            if (realTimePriority > 0)
            {
                Scheduling.SetFifo(realTimePriority);
            }
        }
        catch (LinuxException e)
        {
            AnnounceLog.NotRealTime(_logger, e.Message);
        }
    }

    private (Queue<Work> Calls, bool Stops) WaitUntil(TimeSpan due)
    {
        lock (_gate)
        {
            while (!_isWoken && !_stops && due - Now is var wait && wait > TimeSpan.Zero)
            {
                // The wait counts in whole milliseconds: rather late than twice.
                wait = wait < LongestWait ? wait + TimeSpan.FromMilliseconds(1) : LongestWait;
                Monitor.Wait(_gate, wait);
            }

            _isWoken = false;
            var calls = _calls;
            _calls = new();
            return (calls, _stops);
        }
    }

    private void Stop()
    {
        try
        {
            _core?.Stop();
        }
#pragma warning disable CA1031 // They stay; the next run recognises them. Nobody is left to be told but the log.
        catch (Exception e)
#pragma warning restore CA1031
        {
            AnnounceLog.NotRead(_logger, e);
        }

        _system?.Dispose();
    }

    private sealed class Work(Action action)
    {
        internal TaskCompletionSource Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Run()
        {
            try
            {
                action();
                Result.TrySetResult();
            }
#pragma warning disable CA1031 // Every failure is carried to who asked.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Result.TrySetException(e);
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
