using Loxi.Core.Failures;

namespace Loxi.Bfd;

/// <summary>The sessions of a speaker as what other libraries know of failures.</summary>
/// <param name="speaker">The speaker.</param>
/// <exception cref="ArgumentNullException"><paramref name="speaker"/> is null.</exception>
public sealed class BfdFailureDetector(BfdSpeaker speaker) : IFailureDetector
{
    private readonly BfdSpeaker _speaker = speaker ?? throw new ArgumentNullException(nameof(speaker));

    /// <inheritdoc />
    public IDisposable Subscribe(Action<PeerReachability> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return _speaker.SubscribeReachability(listener);
    }
}
