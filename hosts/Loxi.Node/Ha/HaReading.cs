using System.Collections.Immutable;
using Loxi.Core.Services;
using Loxi.Ha.Announce;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>Roles and announcements at one moment.</summary>
/// <param name="Roles">The roles.</param>
/// <param name="Addresses">The addresses on links.</param>
/// <param name="Time">The moment by the wall clock.</param>
internal sealed record HaReading(RoleSpeakerStatus Roles, AnnouncerStatus Addresses, DateTimeOffset Time)
{
    /// <summary>What this node misses.</summary>
    public ImmutableArray<HaFault> Faults { get; init; } = [];

    /// <summary>Whether the node takes no roles.</summary>
    public bool IsDrained { get; init; }

    /// <summary>How far connections are at the other nodes; null where they are not kept alike.</summary>
    public SyncSpeakerStatus? Sync { get; init; }

    /// <summary>The services: of some connections cannot go on at another node.</summary>
    public ServiceModel Services { get; init; } = ServiceModel.Empty;
}
