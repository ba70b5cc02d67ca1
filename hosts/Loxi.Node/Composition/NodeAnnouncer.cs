using System.Collections.Immutable;
using System.Threading.Channels;
using Loxi.Bgp;
using Loxi.Node.Bgp;

namespace Loxi.Node.Composition;

/// <summary>Keeps the announcements what services, their health and the roles say, and takes them back before the node stops.</summary>
internal sealed partial class NodeAnnouncer(INodeBgpSpeaker speaker, IAnnouncedServices services, NodeRoles roles, AnnouncementOptions options, TimeProvider time, ILogger<NodeAnnouncer> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;

    // Many changes at a time are one: who looks sees the last.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private ImmutableArray<BgpAdvertisement> _announced = [];
    private Task _following = Task.CompletedTask;

    /// <summary>Announces, and from now on follows every change. To be called before sessions are opened: what a peer gets first is then all there is.</summary>
    public async Task StartAsync()
    {
        services.Changed += Signal;
        roles.Changed += Signal;
        if (!await TryFollowAsync())
        {
            Signal();
        }

        _following = Task.Run(FollowAsync);
    }

    /// <summary>Asks routers to look for other ways (RFC 8326), gives them the time, then takes everything back. The data plane serves all the while.</summary>
    /// <param name="wait">How long routers have.</param>
    /// <param name="cancellationToken">Cuts the wait short.</param>
    public async Task LeaveAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await StayAsync();
        if (_announced.IsEmpty || !(await speaker.ReadPeersAsync()).Any(static peer => peer.State == BgpState.Established))
        {
            return;
        }

        LogLeaving(_announced.Length, wait.TotalMilliseconds);
        await AnnounceAsync(Announcements.Make(services.Read(), roles.Roles, options with { IsLeaving = true }));
        await speaker.FlushAsync(FlushLimit);
        try
        {
            await Task.Delay(wait, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogCutShort();
        }

        await AnnounceAsync([]);
        await speaker.FlushAsync(FlushLimit);
    }

    /// <summary>Follows no further change: what is announced stays announced while the node stops.</summary>
    public async Task StayAsync()
    {
        services.Changed -= Signal;
        roles.Changed -= Signal;
        _signals.Writer.TryComplete();
        await _following;
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync())
        {
            if (!await TryFollowAsync())
            {
                await Task.Delay(RetryAfter, time);
                Signal();
            }
        }
    }

    private async Task<bool> TryFollowAsync()
    {
        try
        {
            await AnnounceAsync(Announcements.Make(services.Read(), roles.Announced, options));
            return true;
        }
        catch (Exception e)
        {
            // Whatever it is: addresses that are not announced are an outage, so it is tried until it works.
            LogFailed(e);
            return false;
        }
    }

    private async Task AnnounceAsync(ImmutableArray<BgpAdvertisement> announcements)
    {
        var (announced, withdrawn) = Announcements.Difference(_announced, announcements);
        if (announced.IsEmpty && withdrawn.IsEmpty)
        {
            return;
        }

        await speaker.ChangeAdvertisementsAsync(announced, withdrawn);
        LogAnnounced(announcements.Length, _announced.Length);
        _announced = announcements;
    }

    [LoggerMessage(8062, LogLevel.Information, "BGP announces {Count} addresses; before it announced {Before}, or the same with other attributes")]
    private partial void LogAnnounced(int count, int before);

    [LoggerMessage(8063, LogLevel.Error, "The announcements of BGP could not be changed; it is tried again in a second")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(8064, LogLevel.Information, "BGP takes {Count} addresses back: routers are asked to look for other ways and have {Milliseconds} ms")]
    private partial void LogLeaving(int count, double milliseconds);

    [LoggerMessage(8065, LogLevel.Warning, "The wait before BGP takes its addresses back was cut short: the node must stop")]
    private partial void LogCutShort();
}
