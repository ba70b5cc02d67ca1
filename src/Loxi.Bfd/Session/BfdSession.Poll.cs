namespace Loxi.Bfd.Session;

// RFC 5880 6.5: Poll Sequences; 6.6: demand mode.
public sealed partial class BfdSession
{
    private bool _pollSent;
    private long _pollFirstSent;
    private bool _pollAgain;
    private bool _settling;
    private long _settlesAt;
    private long _verifiedAt;

    /// <summary>Whether a Poll Sequence runs.</summary>
    public bool PollActive { get; private set; }

    /// <summary>Whether the peer has been asked to be silent: bfd.DemandMode is set and both sides are Up (6.6).</summary>
    public bool LocalDemandActive { get; private set; }

    /// <summary>Whether the peer asks us to be silent and both sides are Up (6.6).</summary>
    public bool RemoteDemandActive { get; private set; }

    /// <summary>6.8.4: in demand mode the time runs from the first packet of a Poll Sequence, with our own multiplier.</summary>
    private long PollExpiresAt => PollActive && _pollSent
        ? _pollFirstSent + (_parameters.DetectMult * TransmitNanoseconds)
        : long.MaxValue;

    private long SettlesAt => _settling && (_timersDeferred || _pollAgain) ? _settlesAt : long.MaxValue;

    private long NextVerificationAt => LocalDemandActive && !PollActive && _parameters.DemandPoll != 0
        ? _verifiedAt + (_parameters.DemandPoll * NanosecondsPerMicrosecond)
        : long.MaxValue;

    private void BeginPoll()
    {
        // Without a peer there is nobody to answer; what it must know is in the first packet that it takes.
        if (IsUnaffiliated || PollActive || RemoteDiscriminator == 0)
        {
            return;
        }

        PollActive = true;
        _pollSent = false;
        _raised |= BfdNotifications.PollStarted;
        // 6.8.7: no periodic packet may carry it, so that one other packet does.
        _urgent |= RemoteMinRxInterval == 0;
    }

    private void EndPoll(long arrival)
    {
        PollActive = false;
        (_activeDesiredMinTx, _activeRequiredMinRx) = (_desiredMinTx, _requiredMinRx);
        // 6.8.3: the next sequence waits for a packet without the F bit, or for a round trip: no more than since the first Poll.
        _settling = true;
        _settlesAt = arrival + Math.Max(0, arrival - _pollFirstSent);
        _verifiedAt = arrival;
        _raised |= BfdNotifications.PollEnded;
    }

    private void CancelPoll()
    {
        PollActive = false;
        _pollAgain = false;
        _settling = false;
        (_activeDesiredMinTx, _activeRequiredMinRx) = (_desiredMinTx, _requiredMinRx);
    }

    private void EndSettling(long now)
    {
        if (_settling && now >= _settlesAt)
        {
            _settling = false;
        }

        if (_pollAgain && !_settling && !PollActive)
        {
            _pollAgain = false;
            BeginPoll();
        }
    }

    private void VerifyDemand(long now)
    {
        if (now >= NextVerificationAt)
        {
            BeginPoll();
        }
    }

    private void UpdateDemand(long now)
    {
        var bothUp = IsUp && RemoteState == BfdState.Up && !IsUnaffiliated;
        var local = bothUp && Settings.Demand;
        var remote = bothUp && RemoteDemand;
        if (local == LocalDemandActive && remote == RemoteDemandActive)
        {
            return;
        }

        if (local && !LocalDemandActive)
        {
            _verifiedAt = now;
            // From now on the sequence is what tells whether the peer is there: it begins anew.
            _pollSent = false;
        }
        else if (!local && LocalDemandActive)
        {
            // The peer was silent because we asked for it: its silence counts from now on.
            _detectionRestart = now;
        }

        LocalDemandActive = local;
        RemoteDemandActive = remote;
        _raised |= BfdNotifications.DemandChanged;
    }
}
