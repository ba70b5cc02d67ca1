using Loxi.Linux.Netlink;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// Looks whether somebody else took the programs off an interface, and puts them on again: at once where the kernel tells of it (<see cref="Look"/>; it does of filters and queueing disciplines),
/// otherwise within <see cref="Period"/>: of links that are detached it does not.
/// </summary>
internal sealed partial class AttachmentGuard : IDisposable
{
    /// <summary>One system call for each attachment.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly InterfaceAttachments _attachments;
    private readonly InterfacePolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RtnetlinkClient _client = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;
    private ITimer? _timer;

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
        _thread = new Thread(Run) { IsBackground = true, Name = "loxi-attachments" };
        _thread.Start();
        _timer = _time.CreateTimer(_ => _wake.Set(), null, Period, Period);
    }

    /// <summary>Something may have been taken off. From any thread.</summary>
    public void Look() => _wake.Set();

    public void Dispose()
    {
        _timer?.Dispose();
        _stop.Cancel();
        _thread?.Join();
        _client.Dispose();
        _stop.Dispose();
        // The last tick of the timer may be on its way: the event is left to the finalizer.
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
        }
    }

    private void Check()
    {
        var incomplete = _attachments.FindIncomplete();
        if (incomplete.Count == 0)
        {
            return;
        }

        // One that is gone has lost its programs too: who follows the network forgets it.
        foreach (var link in _client.GetLinks().Where(l => incomplete.Contains(l.Index)))
        {
            var hook = _policy.HookFor(link);
            _attachments.Restore(link, hook, _policy.WantsEgress(link, hook));
        }
    }

    [LoggerMessage(2018, LogLevel.Warning, "Whether the programs are still on the interfaces could not be looked at; the next attempt is in {Period}")]
    private partial void LogNotLooked(TimeSpan period, Exception exception);
}
