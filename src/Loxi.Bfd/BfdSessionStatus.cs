using System.Collections.Immutable;
using System.Net;
using Loxi.Bfd.Session;

namespace Loxi.Bfd;

/// <summary>A session at one moment.</summary>
public sealed record BfdSessionStatus
{
    /// <summary>Which session.</summary>
    public required BfdSessionKey Key { get; init; }

    /// <summary>The settings in force.</summary>
    public required BfdSessionSettings Settings { get; init; }

    /// <summary>bfd.SessionState.</summary>
    public BfdState State { get; init; }

    /// <summary>What the peer last said of its state.</summary>
    public BfdState RemoteState { get; init; }

    /// <summary>bfd.LocalDiag.</summary>
    public BfdDiagnostic LocalDiagnostic { get; init; }

    /// <summary>The peer's last diagnostic.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; init; }

    /// <summary>bfd.LocalDiscr.</summary>
    public uint LocalDiscriminator { get; init; }

    /// <summary>bfd.RemoteDiscr; 0 while the peer is not known.</summary>
    public uint RemoteDiscriminator { get; init; }

    /// <summary>The address that packets are sent from; null while there is no route.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>UDP source port, the same for the session's life.</summary>
    public int SourcePort { get; init; }

    /// <summary>Interval between our packets before jitter (RFC 5880 6.8.2).</summary>
    public TimeSpan TransmitInterval { get; init; }

    /// <summary>Detection time (RFC 5880 6.8.4); <see cref="Timeout.InfiniteTimeSpan"/> before the peer was heard.</summary>
    public TimeSpan DetectionTime { get; init; }

    /// <summary>Detect Mult of the peer; 0 before it was heard.</summary>
    public int RemoteDetectMult { get; init; }

    /// <summary>Desired Min TX Interval of the peer.</summary>
    public TimeSpan RemoteDesiredMinTxInterval { get; init; }

    /// <summary>Required Min RX Interval of the peer.</summary>
    public TimeSpan RemoteRequiredMinRxInterval { get; init; }

    /// <summary>Whether the peer's C bit is set: its BFD does not share the fate of its control plane.</summary>
    public bool RemoteControlPlaneIndependent { get; init; }

    /// <summary>Whether the detection time is more than ten times the configured one.</summary>
    public bool DetectionTimeAlarm { get; init; }

    /// <summary>Whether a Poll Sequence runs.</summary>
    public bool PollActive { get; init; }

    /// <summary>Whether we have asked the peer to be silent (demand mode).</summary>
    public bool LocalDemandActive { get; init; }

    /// <summary>Whether the peer has asked us to be silent (demand mode).</summary>
    public bool RemoteDemandActive { get; init; }

    /// <summary>Whether echo packets are sent.</summary>
    public bool EchoActive { get; init; }

    /// <summary>Control packets that were accepted.</summary>
    public ulong ReceivedPackets { get; init; }

    /// <summary>Control packets that were made.</summary>
    public ulong TransmittedPackets { get; init; }

    /// <summary>Packets that the system would not send.</summary>
    public long SendErrors { get; init; }

    /// <summary>Why it does not send now (<see cref="Loxi.Linux.Errno"/>); 0 while it does.</summary>
    public int SendError { get; init; }

    /// <summary>Datagrams of this session that were discarded, by reason; only reasons that there were.</summary>
    public required ImmutableArray<KeyValuePair<BfdDiscardReason, ulong>> Discards { get; init; }

    /// <summary>Times that the engine came later than half the detection time.</summary>
    public ulong LateSteps { get; init; }

    /// <summary>The greatest of these.</summary>
    public TimeSpan GreatestLateness { get; init; }

    /// <summary>Changes of state since the session was made.</summary>
    public long TransitionCount { get; init; }

    /// <summary>The last <see cref="BfdLimits.HistoryLength"/> changes of state, the oldest first.</summary>
    public required ImmutableArray<BfdTransition> History { get; init; }
}
