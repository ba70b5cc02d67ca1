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

    public Task<SyncSpeakerStatus?> ReadAsync() => Task.FromResult<SyncSpeakerStatus?>(null);
}
