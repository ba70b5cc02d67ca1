using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Session;

// RFC 5880 6.8.7: transmission of control packets.
public sealed partial class BfdSession
{
    // Packets outside of the timer: Finals and changes of state. More of them than the peer can mean to cause are held back.
    private const int BurstOfAnswers = 8;
    private const uint LongestAnswerInterval = 10_000;

    private RateLimit _answers = new(BurstOfAnswers);
    private BfdControlPacket _lastSent;
    private long _lastTransmit = long.MinValue;
    private double _jitter;
    private bool _urgent;

    /// <summary>Whether packets may be sent at all, apart from their pace.</summary>
    private bool MayTransmit => _authenticator.CanSign
        && !(Settings.Passive && RemoteDiscriminator == 0)
        // RFC 9747: there is nobody who could be told of AdminDown.
        && !(IsUnaffiliated && State == BfdState.AdminDown);

    /// <summary>6.8.16: whether there is a peer to whom AdminDown is news.</summary>
    internal bool HasPeerToTell => RemoteDiscriminator != 0 && !IsPeerDown && MayTransmit;

    private bool MayTransmitPeriodically => MayTransmit
        && (IsUnaffiliated || (RemoteMinRxInterval != 0 && (!RemoteDemandActive || PollActive)));

    /// <summary>6.8.7: the answers' interval must not be above the Desired Min TX Interval that we advertise.</summary>
    private long AnswerInterval => Math.Min(_desiredMinTx, LongestAnswerInterval) * NanosecondsPerMicrosecond;

    private long NextPeriodicAt
    {
        get
        {
            if (!MayTransmitPeriodically)
            {
                return long.MaxValue;
            }

            if (_lastTransmit == long.MinValue)
            {
                return _nextTransmitAfter;
            }

            // Calculated anew each time, so that a changed interval counts from the last packet (6.8.3).
            var interval = TransmitNanoseconds;
            return _lastTransmit + interval - (long)Math.Ceiling(interval * _jitter);
        }
    }

    private long NextUrgentAt => _urgent && MayTransmit && !IsUnaffiliated ? _answers.NextAt(AnswerInterval) : long.MaxValue;

    private long NextTransmitAt => Math.Min(NextPeriodicAt, NextUrgentAt);

    private BfdTransmission Emit(long now, Span<byte> transmit, bool answerPoll, out int length)
    {
        FollowContent();
        if (answerPoll && _authenticator.CanSign)
        {
            if (_answers.TryTake(now, AnswerInterval))
            {
                length = Write(transmit, final: true);
                return BfdTransmission.Control;
            }

            SuppressedFinals++;
            _raised |= BfdNotifications.FinalSuppressed;
        }

        if ((now >= NextUrgentAt && _answers.TryTake(now, AnswerInterval)) || now >= NextPeriodicAt)
        {
            length = Write(transmit, final: false);
            _lastTransmit = now;
            _jitter = NextJitter();
            if (IsUnaffiliated)
            {
                _echoMonitor.Sent(now, _parameters.DetectMult, TransmitNanoseconds);
                return BfdTransmission.Echo;
            }

            if (PollActive && !_pollSent)
            {
                _pollSent = true;
                _pollFirstSent = now;
            }

            return BfdTransmission.Control;
        }

        if (now >= NextEchoAt)
        {
            length = WriteEcho(now, transmit);
            return BfdTransmission.Echo;
        }

        length = 0;
        return BfdTransmission.None;
    }

    /// <summary>What differs from the packet before may have to be told by a Poll Sequence (6.6) or at once (6.8.7).</summary>
    private void FollowContent()
    {
        if (_lastSent.DetectMult == 0 || IsUnaffiliated)
        {
            return;
        }

        var next = Compose(final: false) with { Poll = false };
        if (next == _lastSent)
        {
            return;
        }

        if (next.Demand != _lastSent.Demand || LocalDemandActive || RemoteDemandActive)
        {
            // What changes during a sequence may not be in the packet that the Final answers.
            _pollAgain |= PollActive && _pollSent;
            BeginPoll();
        }

        _urgent |= next.Diagnostic != _lastSent.Diagnostic;
    }

    private BfdControlPacket Compose(bool final) => new()
    {
        Diagnostic = LocalDiagnostic,
        State = State,
        Poll = PollActive && !final,
        Final = final,
        AuthenticationPresent = _authenticator.Type != BfdAuthenticationType.None,
        Demand = LocalDemandActive,
        DetectMult = _parameters.DetectMult,
        Length = (byte)(BfdControlCodec.MandatoryLength + _authenticator.SectionLength),
        MyDiscriminator = LocalDiscriminator,
        YourDiscriminator = RemoteDiscriminator,
        // RFC 9747: intervals mean nothing to ourselves; one second is said, and no echo.
        DesiredMinTxInterval = IsUnaffiliated ? BfdParameters.Slow : _desiredMinTx,
        RequiredMinRxInterval = IsUnaffiliated ? BfdParameters.Slow : _requiredMinRx,
        RequiredMinEchoRxInterval = _parameters.RequiredMinEchoRx,
    };

    private int Write(Span<byte> transmit, bool final)
    {
        var packet = Compose(final);
        var bytes = transmit[..packet.Length];
        BfdControlCodec.Write(packet, bytes);
        var content = packet with { Poll = false, Final = false };
        _authenticator.Sign(bytes, content != _lastSent);
        _lastSent = content;
        _urgent = false;
        TransmittedPackets++;
        return packet.Length;
    }

    /// <summary>6.8.7: 0 to 25 % less; 10 to 25 % less with a multiplier of 1, so that one packet that is a little late ends nothing.</summary>
    private double NextJitter()
    {
        var least = _parameters.DetectMult == 1 ? 0.10 : 0;
        return least + ((0.25 - least) * _random.NextDouble());
    }
}
