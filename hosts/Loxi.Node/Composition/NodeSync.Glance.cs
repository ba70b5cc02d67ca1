namespace Loxi.Node.Composition;

/// <content>What roles say of other nodes, looked at now and then.</content>
internal sealed partial class NodeSync
{
    /// <summary>How often it is looked whom HELLO hears.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    /// <summary>HELLO notices sooner than a stream that a node is gone, and before there is a stream that it is there.</summary>
    private async Task GlanceAsync()
    {
        using var timer = new PeriodicTimer(Glance, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await GlanceOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task GlanceOnceAsync()
    {
        await _changing.WaitAsync();
        try
        {
            var known = _groups.Known;
            var status = await roles.ReadStatusAsync();
            foreach (var peer in _peers)
            {
                // One that was taken away since is not waited for.
                await Speaker.SetAliveAsync(peer.NodeId, status.Peers.Any(p => p.NodeId == peer.NodeId && p.IsHeard));
            }

            if (_groups.Keep(known, status.Groups.Select(static g => g.Name)))
            {
                await TellRoleAsync(Speaker);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            // Roles have not begun, or one of the two has ended.
        }
        catch (Exception e)
        {
            // Whatever it is: who is alive must be known later too.
            LogNotLooked(e);
        }
        finally
        {
            _changing.Release();
        }
    }

    [LoggerMessage(8087, LogLevel.Error, "It could not be told to connection sync which nodes are heard; it is tried again")]
    private partial void LogNotLooked(Exception exception);
}
