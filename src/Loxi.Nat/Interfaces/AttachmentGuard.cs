using System.Text.RegularExpressions;
using Loxi.Ebpf.Native;
using Loxi.Linux.Netlink;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// Looks whether somebody else took the programs off an interface, and puts them on again: at once where the kernel tells of it (it does of filters and queueing disciplines),
/// otherwise within <see cref="Period"/>: of links that are detached it does not.
/// </summary>
internal sealed partial class AttachmentGuard : IDisposable
{
    /// <summary>A link costs one system call, a filter of clsact a socket and a request.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>From a look to the next at the least: others may change filters by the thousand.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    private readonly InterfaceAttachments _attachments;
    private readonly InterfacePolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // Not the one of who follows the network: what overruns here only means to look, there to take the whole network anew.
    private readonly RtnetlinkMonitor _monitor = new(RtnetlinkGroups.TrafficControl);
    private readonly RtnetlinkClient _client = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<int, string> _failures = [];
    private Thread? _looker;
    private Thread? _listener;
    private ITimer? _timer;

    /// <summary>For the network namespace of the calling thread.</summary>
    public AttachmentGuard(InterfaceAttachments attachments, InterfacePolicy policy, TimeProvider time, ILogger logger)
    {
        _attachments = attachments;
        _policy = policy;
        _time = time;
        _logger = logger;
    }

    /// <summary>Begins, in the network namespace of the calling thread.</summary>
    public void Start()
    {
        _looker = new Thread(Run) { IsBackground = true, Name = "loxi-attachments" };
        _looker.Start();
        _listener = new Thread(Listen) { IsBackground = true, Name = "loxi-filters" };
        _listener.Start();
        _timer = _time.CreateTimer(_ => _wake.Set(), null, Period, Period);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stop.Cancel();
        _listener?.Join();
        _looker?.Join();
        _monitor.Dispose();
        _client.Dispose();
        _stop.Dispose();
        // The last tick of the timer may be on its way: the event is left to the finalizer.
    }

    private void Listen()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _monitor.Run((in _) => _wake.Set(), _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (NetlinkException e)
            {
                LogNotLooked(Period, e);
                Wait(Period);
            }
        }
    }

    private void Run()
    {
        while (WaitHandle.WaitAny([_stop.Token.WaitHandle, _wake]) != 0)
        {
            try
            {
                Check();
            }
            catch (Exception e)
            {
                // Whatever it is: it is looked again.
                LogNotLooked(Period, e);
            }

            Wait(Gap);
        }
    }

    private void Wait(TimeSpan time) => Task.Delay(time, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();

    private void Check()
    {
        var incomplete = _attachments.FindIncomplete();
        if (incomplete.Count == 0)
        {
            _failures.Clear();
            return;
        }

        // One that is gone has lost its programs too: who follows the network forgets it.
        foreach (var link in _client.GetLinks().Where(l => incomplete.Contains(l.Index)))
        {
            try
            {
                var hook = _policy.HookFor(link);
                _attachments.Restore(link, hook, _policy.WantsEgress(link, hook));
                _failures.Remove(link.Index);
            }
            catch (Exception e) when (e is RegexMatchTimeoutException or IOException or UnauthorizedAccessException or EbpfException)
            {
                // The others are looked after all the same.
                if (_failures.GetValueOrDefault(link.Index) != e.Message)
                {
                    _failures[link.Index] = e.Message;
                    LogNotRestored(link.Name, Period, e);
                }
            }
        }
    }

    [LoggerMessage(2018, LogLevel.Warning, "Whether the programs are still on the interfaces could not be looked at; the next attempt is in {Period}")]
    private partial void LogNotLooked(TimeSpan period, Exception exception);

    [LoggerMessage(2024, LogLevel.Warning, "The programs of {Interface} could not be put on again; the next attempt is in {Period}")]
    private partial void LogNotRestored(string @interface, TimeSpan period, Exception exception);
}
