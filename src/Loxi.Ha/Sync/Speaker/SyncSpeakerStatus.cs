using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>How a speaker stands, at one moment.</summary>
public sealed record SyncSpeakerStatus
{
    /// <summary>The pin of this node, which its peers must have.</summary>
    public required CertificatePin Pin { get; init; }

    /// <summary>Whether all that live peers had has come.</summary>
    public required bool IsReady { get; init; }

    /// <summary>What the engine has, and has counted.</summary>
    public required SyncCounters Counters { get; init; }

    /// <summary>The peers, by number.</summary>
    public required ImmutableArray<SyncSpeakerPeerStatus> Peers { get; init; }

    /// <summary>Changes of the table that found no room on their way to the engine, and were read from the table.</summary>
    public required long ChangesLost { get; init; }

    /// <summary>Connections that were refused or not made, by why.</summary>
    public required ImmutableDictionary<SyncRefusal, long> Refusals { get; init; }

    /// <summary>The last connection of somebody who is no peer, or cannot be known; null when there was none.</summary>
    public SyncRefusalStatus? LastStranger { get; init; }

    /// <summary>Connections that were closed because of a frame, by what was wrong with it.</summary>
    public required ImmutableDictionary<SyncFrameProblem, long> Problems { get; init; }

    /// <summary>Where it listens.</summary>
    public required ImmutableArray<IPEndPoint> LocalEndPoints { get; init; }
}
