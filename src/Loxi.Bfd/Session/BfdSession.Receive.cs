using Loxi.Bfd.Wire;
using Loxi.Linux;

namespace Loxi.Bfd.Session;

// RFC 5880 6.8.6: reception, from the point where the session is known.
public sealed partial class BfdSession
{
    private InternetAddress _source;

    /// <summary>bfd.RemoteDiscr; 0 when not known.</summary>
    public uint RemoteDiscriminator { get; private set; }

    /// <summary>bfd.RemoteSessionState.</summary>
    public BfdState RemoteState { get; private set; } = BfdState.Down;

    /// <summary>The peer's diagnostic.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; private set; }

    /// <summary>The peer's Detect Mult; 0 before it was heard.</summary>
    public byte RemoteDetectMult { get; private set; }

    /// <summary>The peer's Desired Min TX Interval in microseconds.</summary>
    public uint RemoteDesiredMinTxInterval { get; private set; }

    /// <summary>bfd.RemoteMinRxInterval in microseconds; 1 before the peer was heard.</summary>
    public uint RemoteMinRxInterval { get; private set; } = 1;

    /// <summary>The peer's Required Min Echo RX Interval in microseconds; 0 when it returns no echo packets.</summary>
    public uint RemoteMinEchoRxInterval { get; private set; }

    /// <summary>bfd.RemoteDemandMode.</summary>
    public bool RemoteDemand { get; private set; }

    /// <summary>Whether the peer's BFD does not share the fate of its control plane (the C bit).</summary>
    public bool RemoteControlPlaneIndependent { get; private set; }

    /// <summary>Where the last accepted packet came from. Differs from the peer's address when that has changed (RFC 5881 6).</summary>
    public InternetAddress Source => _source;

    /// <summary>Whether the peer has said that the session is not up, and so knows what we have told it.</summary>
    internal bool IsPeerDown => RemoteState is BfdState.Down or BfdState.AdminDown;

    /// <summary>6.8.1, 6.8.18: what is known of a peer is kept for a detection time after its last packet, in any state.</summary>
    private bool RemembersPeer => RemoteDiscriminator != 0 || RemoteMinRxInterval != 1;

    internal BfdStep Receive(in BfdDatagram datagram, in BfdControlPacket packet, long now, Span<byte> transmit)
    {
        Begin(transmit);
        var arrival = Math.Min(datagram.Arrival, now);
        var reason = Validate(datagram, packet, arrival, out var sequence);
        if (reason != BfdDiscardReason.None)
        {
            return Discard(reason);
        }

        NoteLateness(now);
        _authenticator.Accept(sequence);
        // The time had run out before this packet arrived, whether anybody looked or not. Echo packets wait in a socket of their own:
        // only they tell about them.
        if (arrival > ControlExpiresAt)
        {
            ExpireControl(now);
        }
        else if (IsUnaffiliated && arrival > EchoExpiresAt)
        {
            ExpireEcho(now);
        }

        _lastArrival = Math.Max(_lastArrival, arrival);
        TakeFields(datagram, packet);
        if (PollActive && _pollSent && packet.Final)
        {
            EndPoll(arrival);
        }
        else if (!packet.Final)
        {
            _settling = false;
        }

        if (State == BfdState.AdminDown)
        {
            // 6.8.6: discarded from here on, so that there is no Final either.
            return End(now, transmit) with { Discard = CountDiscard(BfdDiscardReason.AdministrativelyDown) };
        }

        ReceivedPackets++;
        if (IsUnaffiliated)
        {
            _echoMonitor.Clear();
        }

        FollowPeer(packet.State, now, now - arrival);
        // 6.8.7: P and F together are the sender's fault; there is no answer to it that it could not mistake for a Poll's end.
        return End(now, transmit, answerPoll: packet.Poll && !packet.Final && !IsUnaffiliated);
    }

    /// <summary>One of our own packets, which the neighbor has forwarded back (RFC 9747).</summary>
    internal BfdStep ReceiveUnaffiliated(in BfdDatagram datagram, in BfdControlPacket packet, long now, Span<byte> transmit)
    {
        if (packet.YourDiscriminator == 0 ? packet.State != BfdState.Down : packet.YourDiscriminator != LocalDiscriminator)
        {
            return Discard(packet.YourDiscriminator == 0 ? BfdDiscardReason.YourDiscriminatorZero : BfdDiscardReason.EchoForged);
        }

        return Receive(datagram, packet, now, transmit);
    }

    internal BfdStep DiscardPort() => Discard(BfdDiscardReason.Port);

    /// <summary>What can be checked without a change of state: a discarded packet leaves none.</summary>
    private BfdDiscardReason Validate(in BfdDatagram datagram, in BfdControlPacket packet, long arrival, out uint sequence)
    {
        sequence = 0;
        if (datagram.MayBeOutdated && arrival < _lastArrival)
        {
            return BfdDiscardReason.Outdated;
        }

        // RFC 5881 5: before any cryptography. RFC 9747: our own packets come back from exactly one hop away.
        if (IsUnaffiliated ? datagram.Ttl != 254 : datagram.Ttl < _parameters.MinimumTtl)
        {
            return BfdDiscardReason.Ttl;
        }

        // RFC 9747: nobody but ourselves speaks here, and we never say AdminDown.
        if (IsUnaffiliated && packet.State == BfdState.AdminDown)
        {
            return BfdDiscardReason.EchoForged;
        }

        var forgetSequence = DetectionNanoseconds != long.MaxValue && _lastArrival != long.MinValue && arrival - _lastArrival >= 2 * DetectionNanoseconds;
        return _authenticator.Verify(datagram.Payload[..packet.Length], packet, forgetSequence, out sequence);
    }

    private void TakeFields(in BfdDatagram datagram, in BfdControlPacket packet)
    {
        if (datagram.Source != _source && !IsUnaffiliated)
        {
            _source = datagram.Source;
            _raised |= BfdNotifications.SourceChanged;
        }

        var changed = packet.MyDiscriminator != RemoteDiscriminator || packet.State != RemoteState || packet.Diagnostic != RemoteDiagnostic
            || packet.DetectMult != RemoteDetectMult || packet.DesiredMinTxInterval != RemoteDesiredMinTxInterval
            || packet.RequiredMinRxInterval != RemoteMinRxInterval || packet.RequiredMinEchoRxInterval != RemoteMinEchoRxInterval
            || packet.Demand != RemoteDemand || packet.ControlPlaneIndependent != RemoteControlPlaneIndependent;
        if (!changed)
        {
            return;
        }

        _raised |= BfdNotifications.RemoteChanged;
        RemoteDiscriminator = packet.MyDiscriminator;
        RemoteState = packet.State;
        RemoteDiagnostic = packet.Diagnostic;
        RemoteDetectMult = packet.DetectMult;
        RemoteDesiredMinTxInterval = packet.DesiredMinTxInterval;
        RemoteMinRxInterval = packet.RequiredMinRxInterval;
        RemoteMinEchoRxInterval = packet.RequiredMinEchoRxInterval;
        RemoteDemand = packet.Demand;
        RemoteControlPlaneIndependent = packet.ControlPlaneIndependent;
    }

    /// <summary>The state machine of 6.8.6.</summary>
    private void FollowPeer(BfdState said, long now, long lateBy)
    {
        switch (State, said)
        {
            case (BfdState.Init or BfdState.Up, BfdState.AdminDown):
                ChangeState(BfdState.Down, BfdDiagnostic.NeighborSignaledSessionDown, BfdTransitionCause.NeighborSignaledAdminDown, now, lateBy);
                break;
            case (BfdState.Down, BfdState.Down):
                ChangeState(BfdState.Init, LocalDiagnostic, BfdTransitionCause.Handshake, now, lateBy);
                break;
            case (BfdState.Down, BfdState.Init):
            case (BfdState.Init, BfdState.Init or BfdState.Up):
                // The diagnostic tells why a session failed; it has served once the session is back.
                ChangeState(BfdState.Up, BfdDiagnostic.None, BfdTransitionCause.Handshake, now, lateBy);
                break;
            case (BfdState.Up, BfdState.Down):
                ChangeState(BfdState.Down, BfdDiagnostic.NeighborSignaledSessionDown, BfdTransitionCause.NeighborSignaledDown, now, lateBy);
                break;
            default:
                break;
        }
    }

    private void ForgetPeer()
    {
        RemoteDiscriminator = 0;
        RemoteMinRxInterval = 1;
        RemoteState = BfdState.Down;
        RemoteDemand = false;
        RemoteMinEchoRxInterval = 0;
        CancelPoll();
        _raised |= BfdNotifications.RemoteChanged;
    }
}
