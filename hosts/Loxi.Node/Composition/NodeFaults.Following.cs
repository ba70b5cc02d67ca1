using System.Threading.Channels;
using Loxi.Linux;

namespace Loxi.Node.Composition;

/// <content>Gateways that answer or do not, and routes that change.</content>
internal sealed partial class NodeFaults
{
    private async Task FollowChangesAsync()
    {
        await foreach (var _ in _changed.Reader.ReadAllAsync())
        {
            await DoAsync(TellAsync, _changed);
        }
    }

    private async Task FollowRoutesAsync()
    {
        await foreach (var _ in _routes.Reader.ReadAllAsync())
        {
            await DoAsync(
                async () =>
                {
                    await LookAsync();
                    await TellAsync();
                },
                _routes);
            await PauseAsync();
        }
    }

    private async Task DoAsync(Func<Task> action, Channel<bool> again)
    {
        await _gate.WaitAsync();
        try
        {
            await action();
        }
        catch (Exception e) when (e is LinuxException or ObjectDisposedException or InvalidOperationException)
        {
            if (!_stopping.IsCancellationRequested)
            {
                LogNotFollowed(e);
                await PauseAsync();
                again.Writer.TryWrite(true);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WatchRoutesAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in gatewayRoutes.WatchAsync(_stopping.Token))
                {
                    _routes.Writer.TryWrite(true);
                }
            }
            catch (OperationCanceledException)
            {
                // The node stops.
            }
            catch (LinuxException e)
            {
                LogNotFollowed(e);
                await PauseAsync();
            }
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(LookGap, time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }
}
