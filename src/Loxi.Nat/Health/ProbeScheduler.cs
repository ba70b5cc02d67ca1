using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Nat.Health;

/// <summary>
/// Probes a declared set of targets and reports changes of their state. One timer and one heap drive all of them: 5,000 targets
/// need neither a thread nor a timer each. Probe n of a target is due at its phase + n * period however long the ones before took.
/// </summary>
/// <remarks>
/// Changes are reported one after the other, in order, outside of any lock, on the thread that found them; the callback should
/// return quickly, since probes are started by the same thread. An exception that it throws is logged. Thread-safe.
/// </remarks>
public sealed partial class ProbeScheduler : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IEndpointProbe _probe;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Action<HealthChange> _onChange;
    private readonly ILogger _logger;
    private readonly int _maxConcurrent;
    private readonly int _maxTargets;
    private readonly long _origin;
    private readonly ITimer _timer;
    private readonly Dictionary<ProbeTarget, ProbeEntry> _entries = [];
    private readonly ProbeHeap _heap = new();
    private readonly Queue<ProbeEntry> _ready = new();
    private readonly Queue<Work> _work = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _armedFor = long.MaxValue;
    private long _deferred;
    private int _running;
    private bool _draining;
    private bool _disposed;

    /// <summary>Creates a scheduler without targets; it does nothing until <see cref="ApplyAsync"/>.</summary>
    /// <param name="probe">Makes the probes, for example <see cref="TcpConnectProbe"/>.</param>
    /// <param name="timeProvider">All clocks and the timer.</param>
    /// <param name="random">Source of phases and jitter; used under a lock.</param>
    /// <param name="onChange">Called for each change of state of a declared target.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="logger">Where state changes are logged; null for nowhere.</param>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is outside its range.</exception>
    public ProbeScheduler(
        IEndpointProbe probe,
        TimeProvider timeProvider,
        Random random,
        Action<HealthChange> onChange,
        ProbeSchedulerOptions? options = null,
        ILogger<ProbeScheduler>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(onChange);
        options ??= new ProbeSchedulerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxConcurrent, 65536);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTargets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxTargets, 65536);
        _probe = probe;
        _time = timeProvider;
        _random = random;
        _onChange = onChange;
        _logger = logger ?? NullLogger<ProbeScheduler>.Instance;
        _maxConcurrent = options.MaxConcurrent;
        _maxTargets = options.MaxTargets;
        _origin = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(
            static state => ((ProbeScheduler)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Number of declared targets.</summary>
    public int TargetCount
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Probes in flight, including cancelled ones that have not returned.</summary>
    public int RunningProbes
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Probes so far that were due but had to wait because <see cref="ProbeSchedulerOptions.MaxConcurrent"/> were in flight.</summary>
    public long DeferredProbes
    {
        get
        {
            lock (_gate)
            {
                return _deferred;
            }
        }
    }

    /// <summary>
    /// Makes the declared set the set of targets. Targets that stay keep state and phase; new ones get a random phase within their
    /// period; the probes of those that leave are cancelled without a report. Duplicates count once; the same set again does nothing.
    /// </summary>
    /// <param name="targets">All targets that are wanted.</param>
    /// <param name="cancellationToken">Checked before anything is changed.</param>
    /// <returns>A task that is complete when the set is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="targets"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException">A target has a wrong value, or there are too many; all problems are listed and nothing is changed.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler has been disposed.</exception>
    public ValueTask ApplyAsync(IEnumerable<ProbeTarget> targets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var desired = new HashSet<ProbeTarget>();
        var errors = new List<string>();
        foreach (var target in targets)
        {
            ArgumentNullException.ThrowIfNull(target, nameof(targets));
            errors.AddRange(target.Validate());
            desired.Add(target);
        }

        if (desired.Count > _maxTargets)
        {
            errors.Add($"{nameof(targets)} has {desired.Count} targets, expected at most {_maxTargets}.");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors.Distinct()), nameof(targets));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var entry in _entries.Values.Where(entry => !desired.Contains(entry.Target)).ToList())
            {
                Drop(entry);
            }

            var now = Now();
            foreach (var target in desired.Where(target => !_entries.ContainsKey(target)))
            {
                var entry = new ProbeEntry(target, EndpointHealth.Start(_time.GetUtcNow()))
                {
                    Grid = now + (long)(_random.NextDouble() * target.Settings.Period.Ticks),
                };
                _entries.Add(target, entry);
                entry.Deadline = entry.Grid;
                _heap.Add(entry);
            }

            Arm(now);
        }

        Drain();
        return ValueTask.CompletedTask;
    }

    /// <summary>What is known about one target.</summary>
    /// <param name="target">The target as declared.</param>
    /// <returns>Its status, or null when it is not declared.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is null.</exception>
    public ProbeStatus? TryGetStatus(ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        lock (_gate)
        {
            return _entries.TryGetValue(target, out var entry) ? entry.ToStatus() : null;
        }
    }

    /// <summary>What is known about all targets, in no particular order.</summary>
    /// <returns>One status per target, all of the same moment.</returns>
    public ImmutableArray<ProbeStatus> GetStatuses()
    {
        lock (_gate)
        {
            return [.. _entries.Values.Select(static entry => entry.ToStatus())];
        }
    }

    /// <summary>Cancels all probes and waits for them to end. Nothing is reported afterwards.</summary>
    /// <returns>A task that is complete when no probe is in flight.</returns>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var entry in _entries.Values.ToList())
            {
                Drop(entry);
            }

            StopIfIdle();
        }

        Drain();
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stopped.Task.ConfigureAwait(false);
    }
}
