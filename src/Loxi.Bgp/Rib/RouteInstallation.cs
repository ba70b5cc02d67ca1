using Loxi.Core.Routes;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Rib;

/// <summary>
/// Hands changes of the best routes to an installer, on a loop of its own: sessions and withdrawals do not wait for the kernel. What fails is tried again.
/// </summary>
internal sealed partial class RouteInstallation : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IRouteInstaller _installer;
    private readonly Func<List<RouteChange>, bool> _take;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    /// <param name="installer">Gets them.</param>
    /// <param name="take">Takes what changed; when nothing did, returns whether peers have told all that they have.</param>
    /// <param name="time">For the pause before something is tried again.</param>
    /// <param name="logger">Where it logs.</param>
    internal RouteInstallation(IRouteInstaller installer, Func<List<RouteChange>, bool> take, TimeProvider time, ILogger logger)
    {
        (_installer, _take, _time, _logger) = (installer, take, time, logger);
        _worker = Task.Run(RunAsync);
    }

    /// <summary>There is something to take. One caller at a time, not after <see cref="DisposeAsync"/>.</summary>
    internal void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        _stop.Dispose();
        _wake.Dispose();
    }

    private async Task RunAsync()
    {
        List<RouteChange> changes = [];
        var isTold = false;
        try
        {
            while (true)
            {
                await _wake.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (true)
                {
                    var isComplete = changes.Count == 0 && _take(changes);
                    if (changes.Count == 0 && (!isComplete || isTold))
                    {
                        break;
                    }

                    isTold |= await TryAsync(changes).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>Applies the changes, which are empty then; without any says that these were all. Returns whether that was said.</summary>
    private async Task<bool> TryAsync(List<RouteChange> changes)
    {
        try
        {
            if (changes.Count == 0)
            {
                await _installer.CompleteAsync(_stop.Token).ConfigureAwait(false);
                return true;
            }

            await _installer.ApplyAsync(changes, _stop.Token).ConfigureAwait(false);
            changes.Clear();
        }
#pragma warning disable CA1031 // Whatever the installer's fault is, routes must come to the kernel in the end.
        catch (Exception e) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogInstallerFailed(e, changes.Count);
            await Task.Delay(RetryAfter, _time, _stop.Token).ConfigureAwait(false);
        }

        return false;
    }

    [LoggerMessage(4025, LogLevel.Error, "{Count} changes of learned routes could not be installed; it is tried again in a second")]
    private partial void LogInstallerFailed(Exception exception, int count);
}
