using Loxi.Core.Failures;

namespace Loxi.Bfd.Transport;

/// <summary>Somebody who hears which peers are there.</summary>
internal sealed class ReachabilityListener(Action<PeerReachability> listener) : IDisposable
{
    private volatile bool _isDisposed;

    public Action<PeerReachability> Call { get; } = listener;

    public bool IsDisposed => _isDisposed;

    public void Dispose() => _isDisposed = true;
}
