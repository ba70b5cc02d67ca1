namespace Loxi.Nat.Health;

public sealed partial class ProbeScheduler
{
    private enum WorkKind
    {
        Launch,
        Cancel,
        Report,
    }

    private long Now() => _time.GetElapsedTime(_origin).Ticks;

    private void OnTimer()
    {
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            var now = Now();
            Pump(now);
            Arm(now);
        }

        Drain();
    }

    // Under the lock: ends what ran out of time, starts what is due as far as the limit allows.
    private void Pump(long now)
    {
        while (!_disposed && _heap.First is { } entry && entry.Deadline <= now)
        {
            if (entry.InFlight)
            {
                // The probe itself says how it ended: an answer that is there but was not looked at yet, because this node is
                // short of CPU, must not take an endpoint down.
                _heap.Remove(entry);
                CancelProbe(entry);
            }
            else
            {
                _heap.Remove(entry);
                _ready.Enqueue(entry);
                if (_running >= _maxConcurrent)
                {
                    _deferred++;
                }
            }
        }

        while (_running < _maxConcurrent && _ready.TryDequeue(out var entry))
        {
            if (!entry.Removed)
            {
                _running++;
                entry.InFlight = true;
                // Used again by the next probe unless it gets cancelled; without a timer or links it holds nothing that needs disposing.
                entry.Cancellation ??= new CancellationTokenSource();
                _work.Enqueue(new Work(WorkKind.Launch, entry, entry.Cancellation, default));
            }
        }
    }

    private void Launch(Work work)
    {
        var entry = work.Entry;
        lock (_gate)
        {
            if (!entry.Removed)
            {
                // Time runs from the true start of the probe, not from when it was queued.
                var now = Now();
                entry.Deadline = now + entry.Target.Settings.Timeout.Ticks;
                _heap.Add(entry);
                Arm(now);
            }
        }

        // Ends by Complete on every path; exceptions of the probe are turned into a result there.
        _ = ProbeAsync(entry, work.Cancellation!);
    }

    private void Finish(ProbeEntry entry, ProbeResult result, long delay, long now)
    {
        var settings = entry.Target.Settings;
        var previous = entry.Health;
        var at = _time.GetUtcNow();
        if (result == ProbeResult.LocalError && entry.LastResult != ProbeResult.LocalError)
        {
            LogLocalError(_logger, entry.Target);
        }

        entry.Record(result, delay, at);
        entry.Health = previous.On(result, settings, at);
        entry.InFlight = false;
        _heap.Remove(entry);
        if (entry.Health.State != previous.State)
        {
            var change = new HealthChange(entry.Target, previous.State, entry.Health, result);
            _work.Enqueue(new Work(WorkKind.Report, entry, null, change));
        }

        var interval = entry.Health.NextInterval(settings).Ticks;
        entry.Grid += interval;
        if (entry.Grid <= now)
        {
            // Whole periods that were missed are skipped, not made up for in a burst.
            entry.Grid += (now - entry.Grid) / interval * interval;
        }

        entry.Deadline = entry.Grid + (long)(_random.NextDouble() * settings.Jitter * interval);
        _heap.Add(entry);
    }

    private void Drop(ProbeEntry entry)
    {
        entry.Removed = true;
        _entries.Remove(entry.Target);
        _heap.Remove(entry);
        if (entry.InFlight && entry.Cancellation is not null)
        {
            CancelProbe(entry);
        }
    }

    private void CancelProbe(ProbeEntry entry)
    {
        _work.Enqueue(new Work(WorkKind.Cancel, entry, entry.Cancellation, default));
        entry.Cancellation = null;
    }

    private void Arm(long now)
    {
        if (_disposed || _heap.First is not { } first || first.Deadline >= _armedFor)
        {
            return;
        }

        // Timers count whole milliseconds: rounded up, else the timer would fire early and find nothing to do.
        _armedFor = first.Deadline;
        var milliseconds = Math.Max(0, first.Deadline - now + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    // Runs what was queued under the lock. One thread at a time, so that reports keep their order and a probe that ends
    // synchronously does not recurse.
    private void Drain()
    {
        while (true)
        {
            Work work;
            lock (_gate)
            {
                if (_draining || !_work.TryDequeue(out work))
                {
                    return;
                }

                _draining = true;
            }

            try
            {
                Run(work);
            }
            finally
            {
                lock (_gate)
                {
                    _draining = false;
                }
            }
        }
    }

    private void Run(Work work)
    {
        switch (work.Kind)
        {
            case WorkKind.Launch:
                Launch(work);
                break;
            case WorkKind.Cancel:
                Cancel(work);
                break;
            default:
                Report(work);
                break;
        }
    }

    private async Task ProbeAsync(ProbeEntry entry, CancellationTokenSource cancellation)
    {
        var started = Now();
        var result = ProbeResult.LocalError;
        try
        {
            if (!cancellation.IsCancellationRequested)
            {
                result = await _probe.ProbeAsync(entry.Target, cancellation.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            LogProbeFailed(_logger, exception, entry.Target);
        }
        catch (OperationCanceledException)
        {
            result = ProbeResult.TimedOut;
        }
        catch (Exception exception)
        {
            LogProbeFailed(_logger, exception, entry.Target);
        }

        Complete(entry, result, started);
    }

    private void Complete(ProbeEntry entry, ProbeResult result, long started)
    {
        lock (_gate)
        {
            _running--;
            var now = Now();
            if (!entry.Removed)
            {
                Finish(entry, result, now - started, now);
            }

            Pump(now);
            Arm(now);
            StopIfIdle();
        }

        Drain();
    }

    private void StopIfIdle()
    {
        if (_disposed && _running == 0)
        {
            _stopped.TrySetResult();
        }
    }

    private void Cancel(Work work)
    {
        try
        {
            work.Cancellation!.Cancel();
        }
        catch (AggregateException exception)
        {
            LogProbeFailed(_logger, exception, work.Entry.Target);
        }
    }

    private void Report(Work work)
    {
        lock (_gate)
        {
            if (work.Entry.Removed)
            {
                return;
            }
        }

        LogChanged(_logger, work.Change.Target, work.Change.Previous, work.Change.Current.State, work.Change.Cause);
        try
        {
            _onChange(work.Change);
        }
        catch (Exception exception)
        {
            LogCallbackFailed(_logger, exception, work.Change.Target);
        }
    }

    private readonly record struct Work(
        WorkKind Kind, ProbeEntry Entry, CancellationTokenSource? Cancellation, HealthChange Change);
}
