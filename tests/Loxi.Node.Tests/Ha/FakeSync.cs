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

    /// <summary>What was put in force, the last at the end.</summary>
    public List<HaModel> Applied { get; } = [];

    /// <summary>Why nothing can be.</summary>
    public Exception? Refusal { get; set; }

    public Task PassAsync(byte peer, CancellationToken cancellationToken)
    {
        Barriers.Enqueue(peer);
        return Passes.WaitAsync(cancellationToken);
    }

    public Task ApplyAsync(HaModel model)
    {
        if (Refusal is { } refusal)
        {
            Refusal = null;
            return Task.FromException(refusal);
        }

        Applied.Add(model);
        return Task.CompletedTask;
    }

    public Task<SyncSpeakerStatus?> ReadAsync() => Task.FromResult(Status);
}
