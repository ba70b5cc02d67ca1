using System.Collections.Concurrent;
using Loxi.Ha.Sync.Speaker;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

internal sealed class FakeSync : INodeSync
{
    public event Action? ReadyChanged;

    public bool IsReady { get; private set; }

    public void Set(bool isReady)
    {
        IsReady = isReady;
        ReadyChanged?.Invoke();
    }

    /// <summary>How it stands.</summary>
    public SyncSpeakerStatus? Status { get; set; }

    /// <summary>Whom a barrier was sent to.</summary>
    public ConcurrentQueue<byte> Barriers { get; } = [];

    /// <summary>When a barrier passes.</summary>
    public Task Passes { get; set; } = Task.CompletedTask;

    public Task PassAsync(byte peer, CancellationToken cancellationToken)
    {
        Barriers.Enqueue(peer);
        return Passes.WaitAsync(cancellationToken);
    }

    public Task<SyncSpeakerStatus?> ReadAsync() => Task.FromResult(Status);
}
