using Loxi.Ha.Sync.Speaker;

namespace Loxi.Ha.DependencyInjection;

/// <summary>The speaker that the container has made, if it has: who ends it must not make it for that.</summary>
internal sealed class SyncSpeakerMade<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    private volatile SyncSpeaker<TKey, TValue>? _speaker;

    public SyncSpeaker<TKey, TValue>? Speaker
    {
        get => _speaker;
        set => _speaker = value;
    }
}
