using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>Something that happened, for people and for what follows from it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Peer">The peer; null for a stranger, or where it is about all.</param>
/// <param name="Channel">The channel; null where it is not known, or about both.</param>
/// <param name="Text">Why, in words; empty where there is nothing to say.</param>
public sealed record SyncSpeakerEvent(SyncSpeakerEventKind Kind, byte? Peer, SyncChannel? Channel, string Text)
{
    /// <summary>Where the other end is; empty where it is not known.</summary>
    public string Remote { get; init; } = "";

    /// <summary>With <see cref="SyncSpeakerEventKind.Refused"/> why.</summary>
    public SyncRefusal Refusal { get; init; }

    /// <summary>With <see cref="SyncSpeakerEventKind.Closed"/> what was wrong with a frame; none where it ended otherwise.</summary>
    public SyncFrameProblem Problem { get; init; }
}
