using System.Collections.Immutable;
using Loxi.Linux;

namespace Loxi.Bfd.Session;

/// <summary>All that can be said of a session at one moment; immutable, for other threads.</summary>
public sealed class BfdSessionStatus
{
    internal BfdSessionStatus(BfdSession session)
    {
        Settings = session.Settings;
        LocalDiscriminator = session.LocalDiscriminator;
        RemoteDiscriminator = session.RemoteDiscriminator;
        State = session.State;
        RemoteState = session.RemoteState;
        LocalDiagnostic = session.LocalDiagnostic;
        RemoteDiagnostic = session.RemoteDiagnostic;
        Source = session.Source;
        TransmitInterval = session.TransmitInterval;
        DetectionTime = session.DetectionTime;
        DetectionTimeAlarm = session.DetectionTimeAlarm;
        RemoteDetectMult = session.RemoteDetectMult;
        RemoteDesiredMinTxInterval = Microseconds(session.RemoteDesiredMinTxInterval);
        RemoteMinRxInterval = Microseconds(session.RemoteMinRxInterval);
        RemoteMinEchoRxInterval = Microseconds(session.RemoteMinEchoRxInterval);
        RemoteControlPlaneIndependent = session.RemoteControlPlaneIndependent;
        PollActive = session.PollActive;
        LocalDemandActive = session.LocalDemandActive;
        RemoteDemandActive = session.RemoteDemandActive;
        EchoActive = session.EchoActive;
        ReceivedPackets = session.ReceivedPackets;
        TransmittedPackets = session.TransmittedPackets;
        ReceivedEchoPackets = session.ReceivedEchoPackets;
        TransmittedEchoPackets = session.TransmittedEchoPackets;
        ReturnedEchoPackets = session.ReturnedEchoPackets;
        SuppressedFinals = session.SuppressedFinals;
        LateSteps = session.LateSteps;
        GreatestLateness = session.GreatestLateness;
        TransitionCount = session.TransitionCount;
        Span<BfdTransition> history = new BfdTransition[BfdLimits.HistoryLength];
        History = [.. history[..session.CopyHistory(history)]];
        Discards = [.. Enum.GetValues<BfdDiscardReason>().Select(session.GetDiscards)];
    }

    /// <summary>The settings in force.</summary>
    public BfdSessionSettings Settings { get; }

    /// <summary>bfd.LocalDiscr.</summary>
    public uint LocalDiscriminator { get; }

    /// <summary>bfd.RemoteDiscr; 0 when not known.</summary>
    public uint RemoteDiscriminator { get; }

    /// <summary>bfd.SessionState.</summary>
    public BfdState State { get; }

    /// <summary>bfd.RemoteSessionState.</summary>
    public BfdState RemoteState { get; }

    /// <summary>bfd.LocalDiag.</summary>
    public BfdDiagnostic LocalDiagnostic { get; }

    /// <summary>The peer's diagnostic.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; }

    /// <summary>Where the last accepted packet came from.</summary>
    public InternetAddress Source { get; }

    /// <summary>The negotiated transmit interval, before jitter.</summary>
    public TimeSpan TransmitInterval { get; }

    /// <summary>The detection time in force, or <see cref="Timeout.InfiniteTimeSpan"/> before the peer was heard.</summary>
    public TimeSpan DetectionTime { get; }

    /// <summary>Whether that is more than 10 times the configured one.</summary>
    public bool DetectionTimeAlarm { get; }

    /// <summary>The peer's Detect Mult; 0 before it was heard.</summary>
    public byte RemoteDetectMult { get; }

    /// <summary>The peer's Desired Min TX Interval.</summary>
    public TimeSpan RemoteDesiredMinTxInterval { get; }

    /// <summary>bfd.RemoteMinRxInterval.</summary>
    public TimeSpan RemoteMinRxInterval { get; }

    /// <summary>The peer's Required Min Echo RX Interval.</summary>
    public TimeSpan RemoteMinEchoRxInterval { get; }

    /// <summary>The peer's C bit.</summary>
    public bool RemoteControlPlaneIndependent { get; }

    /// <summary>Whether a Poll Sequence runs.</summary>
    public bool PollActive { get; }

    /// <summary>Whether the peer has been asked to be silent.</summary>
    public bool LocalDemandActive { get; }

    /// <summary>Whether the peer has asked us to be silent.</summary>
    public bool RemoteDemandActive { get; }

    /// <summary>Whether echo packets are sent.</summary>
    public bool EchoActive { get; }

    /// <summary>Control packets that were accepted.</summary>
    public ulong ReceivedPackets { get; }

    /// <summary>Control packets that were sent.</summary>
    public ulong TransmittedPackets { get; }

    /// <summary>Our echo packets that came back.</summary>
    public ulong ReceivedEchoPackets { get; }

    /// <summary>Echo packets that were sent.</summary>
    public ulong TransmittedEchoPackets { get; }

    /// <summary>Echo packets of the peer that were returned.</summary>
    public ulong ReturnedEchoPackets { get; }

    /// <summary>Finals that were not sent because there were too many Polls.</summary>
    public ulong SuppressedFinals { get; }

    /// <summary>Steps that came later than half the detection time while the session was up.</summary>
    public ulong LateSteps { get; }

    /// <summary>The greatest lateness of those.</summary>
    public TimeSpan GreatestLateness { get; }

    /// <summary>How often the state has changed.</summary>
    public long TransitionCount { get; }

    /// <summary>The last changes of state, at most <see cref="BfdLimits.HistoryLength"/>, the oldest first.</summary>
    public ImmutableArray<BfdTransition> History { get; }

    /// <summary>Discarded datagrams by reason: the index is the value of <see cref="BfdDiscardReason"/>.</summary>
    public ImmutableArray<ulong> Discards { get; }

    private static TimeSpan Microseconds(uint value) => TimeSpan.FromTicks(value * TimeSpan.TicksPerMicrosecond);
}
