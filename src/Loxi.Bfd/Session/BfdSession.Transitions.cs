namespace Loxi.Bfd.Session;

// Changes of state, their consequences and their history.
public sealed partial class BfdSession
{
    private readonly BfdTransition[] _history = new BfdTransition[BfdLimits.HistoryLength];

    /// <summary>How often the state has changed since the session was made.</summary>
    public long TransitionCount { get; private set; }

    /// <summary>Reads one of the last <see cref="BfdLimits.HistoryLength"/> changes of state.</summary>
    /// <param name="number">Its number: 0 for the first ever, <see cref="TransitionCount"/> - 1 for the newest.</param>
    /// <returns>The change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There was none with that number, or it is forgotten.</exception>
    public BfdTransition GetTransition(long number)
    {
        if (number < Math.Max(0, TransitionCount - BfdLimits.HistoryLength) || number >= TransitionCount)
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, $"expected one of the last {BfdLimits.HistoryLength} of {TransitionCount} changes");
        }

        return _history[number % BfdLimits.HistoryLength];
    }

    /// <summary>Copies the remembered changes of state, the oldest first.</summary>
    /// <param name="destination">Receives as many of the newest as it has room for.</param>
    /// <returns>How many there are in it.</returns>
    public int CopyHistory(Span<BfdTransition> destination)
    {
        var count = (int)Math.Min(Math.Min(TransitionCount, BfdLimits.HistoryLength), destination.Length);
        for (var i = 0; i < count; i++)
        {
            destination[i] = GetTransition(TransitionCount - count + i);
        }

        return count;
    }

    private void ChangeState(BfdState state, BfdDiagnostic diagnostic, BfdTransitionCause cause, long now, long lateBy)
    {
        var transition = new BfdTransition
        {
            RemoteControlPlaneIndependent = RemoteControlPlaneIndependent,
            From = State,
            To = state,
            Cause = cause,
            LocalDiagnostic = diagnostic,
            RemoteState = RemoteState,
            RemoteDiagnostic = RemoteDiagnostic,
            Authenticated = _authenticator.Type != BfdAuthenticationType.None,
            Time = now,
            LateBy = lateBy,
        };
        _history[TransitionCount % BfdLimits.HistoryLength] = transition;
        TransitionCount++;
        State = state;
        LocalDiagnostic = diagnostic;
        _raised |= BfdNotifications.StateChanged;
        _urgent = true;
        if (IsUnaffiliated)
        {
            _echoMonitor.Clear();
        }

        UpdateEcho(now);
        UpdateTimers(stateChanged: true);
    }

    /// <summary>Time has run out and nothing waits that arrived before.</summary>
    private void Expire(long now)
    {
        if (EchoExpiresAt <= ControlExpiresAt)
        {
            ExpireEcho(now);
        }
        else
        {
            ExpireControl(now);
        }
    }

    private void ExpireControl(long now)
    {
        if (State is BfdState.Init or BfdState.Up)
        {
            var cause = LocalDemandActive ? BfdTransitionCause.PollExpired : BfdTransitionCause.DetectionTimeExpired;
            var lateBy = now - ControlExpiresAt;
            // 6.8.1: bfd.RemoteDiscr is zero after a detection time without a packet; so there is nobody to poll.
            RemoteDiscriminator = 0;
            ChangeState(BfdState.Down, BfdDiagnostic.ControlDetectionTimeExpired, cause, now, lateBy);
        }

        ForgetPeer();
    }

    private void ExpireEcho(long now)
    {
        if (State is BfdState.Init or BfdState.Up)
        {
            ChangeState(BfdState.Down, BfdDiagnostic.EchoFunctionFailed, BfdTransitionCause.EchoFailed, now, now - EchoExpiresAt);
        }

        _echoMonitor.Clear();
        if (IsUnaffiliated)
        {
            ForgetPeer();
        }
    }

    /// <summary>What follows from what an event has changed, whichever it was.</summary>
    private void FollowChanges(long now)
    {
        EndSettling(now);
        UpdateEcho(now);
        UpdateDemand(now);
        UpdateTimers(stateChanged: false);
    }
}
