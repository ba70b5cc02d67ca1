using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Announce;

/// <summary>A thread that hears of changes of links and addresses.</summary>
internal sealed class LinkListener : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RtnetlinkMonitor _monitor;
    private readonly Action<int> _changed;
    private readonly Action<Exception> _failed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <param name="networkNamespace">Where.</param>
    /// <param name="changed">Called for each change, with the index of a link that is down or gone, else 0.</param>
    /// <param name="failed">Called when the socket fails; the thread goes on.</param>
    internal LinkListener(NetworkNamespace? networkNamespace, Action<int> changed, Action<Exception> failed)
    {
        _changed = changed;
        _failed = failed;
        _monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links | RtnetlinkGroups.Addresses, networkNamespace);
        _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Ha links" };
        _thread.UnsafeStart();
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _monitor.Dispose();
        _stop.Dispose();
    }

    private static int DownLinkOf(in NetworkChange change) =>
        change.Link is { } link && (change.Action == NetworkChangeAction.Removed || !link.IsUp || !link.IsRunning) ? link.Index : 0;

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _monitor.Run((in change) => _changed(DownLinkOf(change)), _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (LinuxException e)
            {
                _failed(e);
                _stop.Token.WaitHandle.WaitOne(Pause);
                _changed(0); // whatever was missed
            }
        }
    }
}
