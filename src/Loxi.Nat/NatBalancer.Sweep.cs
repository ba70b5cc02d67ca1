namespace Loxi.Nat;

/// <summary>Removing flows that ended or whose endpoint went away.</summary>
public sealed partial class NatBalancer
{
    private void Sweep()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        var began = _time.GetTimestamp();
        try
        {
            SweepOnce();
            RemoveExcess();
            RetryWaiting();
        }
        catch (Exception e)
        {
            LogSweepFailed(e);
        }

        // At most a twentieth of one core, however large the tables are.
        var pause = _time.GetElapsedTime(began) * 20;
        _sweeper?.Change(pause > SweepPeriod ? pause : SweepPeriod, Timeout.InfiniteTimeSpan);
    }

    /// <summary>There may be room now for what some services had to do without.</summary>
    private void RetryWaiting()
    {
        lock (_gate)
        {
            _tables.RetryWaiting();
            if (_tables.WaitingCount != _waiting)
            {
                _waiting = _tables.WaitingCount;
                LogWaiting(_waiting);
            }
        }
    }

    /// <summary>Spare Maglev tables go a few at a time: the kernel makes each of them wait for a grace period, which a change must not.</summary>
    internal void RemoveExcess()
    {
        const int AtATime = 16;
        for (var i = 0; i < AtATime; i++)
        {
            uint index;
            lock (_gate)
            {
                if (!_tables.MaglevPlaces.TryTakeExcess(out index))
                {
                    return;
                }
            }

            _tables.MaglevPlaces.Remove(index);
            lock (_gate)
            {
                _tables.MaglevPlaces.Free(index);
            }
        }
    }

    internal void SweepOnce()
    {
        HashSet<uint>? retired = null;
        lock (_gate)
        {
            while (_tables.Retired.TryDequeue(out var endpoint))
            {
                (retired ??= []).Add(endpoint);
            }
        }

        try
        {
            Connections.Sweep(retired);
            Release(retired);
        }
        catch when (retired is not null)
        {
            // Their flows may still be there: the next sweep looks for them again.
            lock (_gate)
            {
                foreach (var endpoint in retired)
                {
                    _tables.Retired.Enqueue(endpoint);
                }
            }

            throw;
        }
    }

    /// <summary>Takes out of the set what has been released.</summary>
    private void Release(HashSet<uint>? retired)
    {
        if (retired is null)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var endpoint in retired.ToArray())
            {
                _tables.Release(endpoint);
                retired.Remove(endpoint);
            }
        }
    }
}
