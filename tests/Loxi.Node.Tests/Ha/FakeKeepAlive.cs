using Loxi.Node.Ha;
using Loxi.Node.Options;

namespace Loxi.Node.Tests.Ha;

/// <summary>Remembers whether there is a session of <c>--ka</c>.</summary>
internal sealed class FakeKeepAlive : IKeepAliveSession
{
    public List<bool> Told { get; } = [];

    public Task SetKeepAliveAsync(KeepAlive? keepAlive)
    {
        Told.Add(keepAlive is not null);
        return Task.CompletedTask;
    }
}
