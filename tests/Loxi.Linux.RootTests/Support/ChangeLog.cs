using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;

namespace Loxi.Linux.RootTests.Support;

/// <summary>Runs a monitor on a thread and lets a test wait for an event.</summary>
internal sealed class ChangeLog : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly RtnetlinkMonitor _monitor;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly List<NetworkChange> _seen = [];

    public ChangeLog(NetworkNamespace networkNamespace, RtnetlinkGroups groups = RtnetlinkGroups.All)
    {
        _monitor = new RtnetlinkMonitor(groups, networkNamespace);
        _thread = new Thread(Run);
        _thread.Start();
    }

    public NetworkChange WaitFor(Func<NetworkChange, bool> wanted)
    {
        var until = DateTime.UtcNow + Limit;
        lock (_seen)
        {
            while (true)
            {
                foreach (var change in _seen)
                {
                    if (wanted(change))
                    {
                        return change;
                    }
                }

                if (!Monitor.Wait(_seen, TimeSpan.FromTicks(Math.Max(0, (until - DateTime.UtcNow).Ticks))))
                {
                    throw new TimeoutException("No such event among: " + string.Join("; ", _seen));
                }
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _monitor.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            _monitor.Run(
                (in change) =>
                {
                    lock (_seen)
                    {
                        _seen.Add(change);
                        Monitor.PulseAll(_seen);
                    }
                },
                _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }
}
