namespace Loxi.Core.Failures;

/// <summary>Notices that a neighbouring system is gone sooner than protocols with long timers do: BFD, as a rule.</summary>
public interface IFailureDetector
{
    /// <summary>
    /// Calls back with what is known of each peer that is watched, however long ago that came to be (<see cref="PeerReachability.Time"/>), then for each change, in order,
    /// one at a time: who comes late misses nothing. Calls may come before this returns.
    /// </summary>
    /// <param name="listener">What to call. Must not wait long.</param>
    /// <returns>Ends it when disposed; a call that is under way may still come.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    IDisposable Subscribe(Action<PeerReachability> listener);
}
