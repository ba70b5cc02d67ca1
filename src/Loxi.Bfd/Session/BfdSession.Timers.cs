namespace Loxi.Bfd.Session;

// RFC 5880 6.8.2 to 6.8.4: intervals and detection time.
public sealed partial class BfdSession
{
    // What the packets say, and what is in force: they differ until a Final has come (6.8.3). Microseconds.
    private uint _desiredMinTx;
    private uint _requiredMinRx;
    private uint _activeDesiredMinTx;
    private uint _activeRequiredMinRx;
    private bool _timersDeferred;

    private readonly long _nextTransmitAfter;
    private long _lastArrival = long.MinValue;
    private long _detectionRestart;

    /// <summary>The interval between our control packets before jitter: the greater of what we desire and what the peer requires (6.8.2).</summary>
    public TimeSpan TransmitInterval => ToTimeSpan(TransmitNanoseconds);

    /// <summary>The detection time in force (6.8.4), or <see cref="Timeout.InfiniteTimeSpan"/> before the peer was heard.</summary>
    public TimeSpan DetectionTime => DetectionNanoseconds == long.MaxValue ? Timeout.InfiniteTimeSpan : ToTimeSpan(DetectionNanoseconds);

    /// <summary>Whether the session is up with a detection time of more than 10 times the configured one, because the peer wants to send so seldom.</summary>
    public bool DetectionTimeAlarm { get; private set; }

    /// <summary>After how long a silence of ours the peer takes the session down, by the interval that it knows of, in nanoseconds.</summary>
    internal long PeerDetectionNanoseconds => _parameters.DetectMult * Math.Max(TransmitNanoseconds, _desiredMinTx * NanosecondsPerMicrosecond);

    private long TransmitNanoseconds => IsUnaffiliated
        ? _activeDesiredMinTx * NanosecondsPerMicrosecond
        : Math.Max(_activeDesiredMinTx, RemoteMinRxInterval) * NanosecondsPerMicrosecond;

    // 255 * 2^32 us is 1.1e15 ns: no overflow, also when added to a time.
    private long DetectionNanoseconds
    {
        get
        {
            if (IsUnaffiliated)
            {
                return _parameters.DetectMult * TransmitNanoseconds;
            }

            return RemoteDetectMult == 0
                ? long.MaxValue
                : (long)RemoteDetectMult * Math.Max(_activeRequiredMinRx, RemoteDesiredMinTxInterval) * NanosecondsPerMicrosecond;
        }
    }

    /// <summary>When the peer has been silent for too long, by arrival times.</summary>
    private long DetectionExpiresAt
    {
        get
        {
            var time = DetectionNanoseconds;
            return time == long.MaxValue || _lastArrival == long.MinValue ? long.MaxValue : Math.Max(_lastArrival, _detectionRestart) + time;
        }
    }

    /// <summary>When the lack of control packets ends the session, or, when it is down, what is left of the peer.</summary>
    private long ControlExpiresAt => State switch
    {
        _ when IsUnaffiliated => long.MaxValue,
        BfdState.Down or BfdState.AdminDown => RemembersPeer ? DetectionExpiresAt : long.MaxValue,
        _ => LocalDemandActive ? PollExpiresAt : DetectionExpiresAt,
    };

    private long ExpiresAt => Math.Min(ControlExpiresAt, EchoExpiresAt);

    private static TimeSpan ToTimeSpan(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>What the intervals should be in this state (6.8.3).</summary>
    private (uint DesiredMinTx, uint RequiredMinRx) TargetTimers() => (
        IsUp ? _parameters.DesiredMinTx : Math.Max(_parameters.DesiredMinTx, BfdParameters.Slow),
        EchoActive ? Math.Max(_parameters.RequiredMinRx, BfdParameters.Slow) : _parameters.RequiredMinRx);

    /// <summary>Brings the intervals to what they should be; a change begins a Poll Sequence (6.8.3).</summary>
    /// <param name="stateChanged">Whether the state decides: such a change does not wait for a Poll Sequence that runs.</param>
    private void UpdateTimers(bool stateChanged)
    {
        var (desired, required) = TargetTimers();
        if (desired == _desiredMinTx && required == _requiredMinRx)
        {
            _timersDeferred = false;
            if (stateChanged)
            {
                (_activeDesiredMinTx, _activeRequiredMinRx) = (desired, required);
            }

            return;
        }

        // 6.8.3: changes that are spread over several packets would leave open which of them a Final means.
        _timersDeferred = IsUp && !stateChanged && (PollActive || _settling);
        if (_timersDeferred)
        {
            return;
        }

        // 6.8.3: while Up a longer transmit interval and a shorter detection time wait for the Final; all else is effective at once.
        var atOnce = !IsUp || IsUnaffiliated;
        if (atOnce || desired <= _activeDesiredMinTx)
        {
            _activeDesiredMinTx = desired;
        }

        if (atOnce || required >= _activeRequiredMinRx)
        {
            _activeRequiredMinRx = required;
        }

        (_desiredMinTx, _requiredMinRx) = (desired, required);
        BeginPoll();
    }

    private void UpdateAlarm()
    {
        var configured = (long)_parameters.DetectMult * Math.Max(_requiredMinRx, _activeRequiredMinRx) * NanosecondsPerMicrosecond;
        var alarm = IsUp && RemoteState == BfdState.Up && !LocalDemandActive && !IsUnaffiliated && DetectionNanoseconds > 10 * configured;
        if (alarm != DetectionTimeAlarm)
        {
            DetectionTimeAlarm = alarm;
            _raised |= BfdNotifications.DetectionTimeAlarmChanged;
        }
    }

    private long NextDeadline()
    {
        var next = Math.Min(NextTransmitAt, ExpiresAt);
        next = Math.Min(next, NextEchoAt);
        return Math.Min(next, Math.Min(SettlesAt, NextVerificationAt));
    }
}
