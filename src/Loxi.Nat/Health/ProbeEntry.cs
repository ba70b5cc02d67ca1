namespace Loxi.Nat.Health;

/// <summary>What the scheduler keeps per target. All times are ticks of <see cref="TimeSpan"/> since the scheduler was made.</summary>
internal sealed class ProbeEntry(ProbeTarget target, EndpointHealth health)
{
    private long _delaySum;
    private long _delays;
    private long _minDelay = long.MaxValue;
    private long _maxDelay;
    private DateTimeOffset? _lastAt;
    private long _probes;
    private long _failures;
    private long _localErrors;

    public ProbeTarget Target { get; } = target;

    public EndpointHealth Health { get; set; } = health;

    /// <summary>Start of the current period, without jitter: what keeps probes from drifting.</summary>
    public long Grid { get; set; }

    /// <summary>When the entry's place in the heap comes up: start of the next probe, or end of the running one.</summary>
    public long Deadline { get; set; }

    /// <summary>Place in the heap, -1 when outside.</summary>
    public int HeapIndex { get; set; } = -1;

    public bool InFlight { get; set; }

    public bool Removed { get; set; }

    public CancellationTokenSource? Cancellation { get; set; }

    public ProbeResult LastResult { get; private set; }

    public void Record(ProbeResult result, long delay, DateTimeOffset at)
    {
        _probes++;
        _lastAt = at;
        LastResult = result;
        switch (result)
        {
            case ProbeResult.Success:
                _delays++;
                _delaySum += delay;
                _minDelay = Math.Min(_minDelay, delay);
                _maxDelay = Math.Max(_maxDelay, delay);
                break;
            case ProbeResult.LocalError:
                _localErrors++;
                break;
            default:
                _failures++;
                break;
        }
    }

    public ProbeStatus ToStatus() => new(
        Target,
        Health,
        LastResult,
        _lastAt,
        _probes,
        _failures,
        _localErrors,
        _delays == 0 ? null : TimeSpan.FromTicks(_minDelay),
        _delays == 0 ? null : TimeSpan.FromTicks(_delaySum / _delays),
        _delays == 0 ? null : TimeSpan.FromTicks(_maxDelay));
}
