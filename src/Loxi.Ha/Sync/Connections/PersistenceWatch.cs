using System.Runtime.ExceptionServices;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Looks for what has changed of clients every half second, and not more often than a twentieth of the time is spent on it.</summary>
internal sealed class PersistenceWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private const int Rest = 20;

    private readonly PersistenceSync _clients;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ExceptionDispatchInfo? _failure;
    private bool _isDisposed;

    /// <summary>Looks once, then again and again.</summary>
    public PersistenceWatch(PersistenceSync clients, TimeProvider time)
    {
        (_clients, _time) = (clients, time);
        clients.Look();
        _timer = time.CreateTimer(_ => Look(), null, Period, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Throws what a look has failed of.</summary>
    public void ThrowFailure() => Volatile.Read(ref _failure)?.Throw();

    /// <summary>Waits for a look that is under way.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var began = _time.GetTimestamp();
            try
            {
                _clients.Look();
                var rest = _time.GetElapsedTime(began) * Rest;
                _timer.Change(rest > Period ? rest : Period, Timeout.InfiniteTimeSpan);
            }
#pragma warning disable CA1031 // Whatever it was: the thread of sync ends of it, as of any fault of the table.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(e));
            }
        }
    }
}
