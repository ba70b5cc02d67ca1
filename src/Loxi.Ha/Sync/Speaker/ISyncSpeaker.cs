using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>What a <see cref="SyncSpeaker{TKey, TValue}"/> tells, whatever its entries are.</summary>
public interface ISyncSpeaker
{
    /// <summary>The pin of this node, which its peers must have.</summary>
    CertificatePin Pin { get; }

    /// <summary>Calls back for each event, in order, on a thread of its own. The callback must not wait for the end of the speaker, which waits for it.</summary>
    /// <param name="listener">What to call.</param>
    /// <returns>Ends it when disposed; a call that is under way may still come.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    IDisposable Subscribe(Action<SyncSpeakerEvent> listener);

    /// <summary>Reads how the speaker stands.</summary>
    /// <returns>The status. Fails with <see cref="ObjectDisposedException"/> when the thread has ended.</returns>
    /// <exception cref="InvalidOperationException">Settings have not been applied yet.</exception>
    Task<SyncSpeakerStatus> ReadStatusAsync();
}
