using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Services;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Nat.Tables;
using Loxi.Node.Ha;
using Loxi.Node.Roles;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <content>Groups, addresses and faults follow services, posts and links.</content>
internal sealed partial class NodeHa
{
    /// <summary>The number of the fault "a link of the VIPs is down".</summary>
    private const int LinkFault = 1;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Where VIPs were last, off the loopback interface.
    private readonly Dictionary<IPAddress, string> _places = [];

    private bool _hasFollowed;

    // What the speaker has.
    private ImmutableArray<VipGroup> _groups = [];

    private void Signal() => _signals.Writer.TryWrite(true);

    private async Task FollowSignalsAsync()
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync())
        {
            try
            {
                await FollowAsync();
                await services.SetSourcesAsync(GroupSources.Of(roles.Posted));
            }
            catch (Exception e)
            {
                // Whatever it is: a group that is not followed is not served as it should be, so it is tried until it works.
                LogNotFollowed(e);
                await RetryAsync();
            }
        }
    }

    private async Task RetryAsync()
    {
        try
        {
            await Task.Delay(RetryAfter, time, _stopping.Token);
            Signal();
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Links and subnets say where VIPs belong, and a link that is down is a fault (R13).</summary>
    private async Task WatchLinksAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in network.WatchAsync(_stopping.Token))
                {
                    Signal();
                }
            }
            catch (OperationCanceledException)
            {
                // The node stops.
            }
            catch (Linux.LinuxException e)
            {
                LogNotFollowed(e);
                await RetryAsync();
            }
        }
    }

    /// <summary>Without the speaker's thread the gates close, while BGP and links would go on to draw traffic.</summary>
    private async Task WatchSpeakerAsync()
    {
        try
        {
            await speaker.Completion.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            // Whatever it is: a node that cannot decide must not look as if it served.
            HasFailed = true;
            LogSpeakerFailed(e);
            lifetime.StopApplication();
        }
    }

    private ImmutableArray<VipGroup> Plan(HostLinks links)
    {
        var groups = VipGroupPlan.Make(services.WithSources, services.Current.Pools, roles.Posted.Groups.Keys, links.PlaceOf);
        if (groups.Length <= HaSettings.MostGroups)
        {
            return groups;
        }

        LogTooManyGroups(groups.Length, HaSettings.MostGroups);
        return [.. groups.OrderBy(static g => g.Name != VipGroups.Default).Take(HaSettings.MostGroups)];
    }

    private RoleSpeakerSettings Settings(HaModel model, ImmutableArray<VipGroup> groups) => HaSettings.Make(options, model, groups, bgp?.RestartTime);

    private async Task FollowAsync()
    {
        await _following.WaitAsync();
        try
        {
            if (!IsUsed || _isStopping)
            {
                return;
            }

            var links = network.ReadLinks();
            var groups = Plan(links);
            var settings = Settings(configuration.Current, groups);
            FollowMoves(groups);
            if (_hasFollowed)
            {
                await DeclareAsync(groups);
                await speaker.ApplyAsync(settings);
            }
            else
            {
                await BeginAsync(settings, groups);
            }

            _groups = groups;
            var names = groups.Select(static g => g.Name).ToImmutableHashSet(StringComparer.Ordinal);
            roles.Keep(names);
            _known = _known.Intersect(names);
            foreach (var group in groups)
            {
                await FollowAsync(group, links);
            }

            await faults.FollowAsync(groups);
        }
        finally
        {
            _following.Release();
        }
    }

    /// <summary>Roles of the former run may go on: their addresses are on interfaces, and stay there without a moment in between.</summary>
    private async Task BeginAsync(RoleSpeakerSettings settings, ImmutableArray<VipGroup> groups)
    {
        await speaker.ApplyAsync(settings);
        vips.Resume((await speaker.ReadStatusAsync()).Groups.Where(static g => g.Role == HelloRole.Master).Select(static g => g.Name));
        await DeclareAsync(groups);
        _hasFollowed = true;
    }

    /// <summary>A table that takes no more addresses of other nodes must not keep roles from being followed.</summary>
    private void FollowMoves(ImmutableArray<VipGroup> groups)
    {
        try
        {
            moves.Follow(groups);
        }
        catch (Exception e) when (e is Linux.LinuxException or TableFullException)
        {
            LogNotFollowed(e);
            _ = RetryAsync();
        }
    }

    /// <summary>An address that cannot be had must not keep roles, gates and faults from being followed.</summary>
    private async Task DeclareAsync(ImmutableArray<VipGroup> groups)
    {
        try
        {
            await vips.DeclareAsync(groups);
        }
        catch (Exception e) when (e is Linux.LinuxException or InvalidAnnouncementException)
        {
            LogNotFollowed(e);
            _ = RetryAsync();
        }
    }

    private async Task FollowAsync(VipGroup group, HostLinks links)
    {
        await speaker.SetQualityAsync(group.Name, byte.MaxValue, group.ConfigHash);
        var isLinkLost = HasLostALink(group, links);
        faults.NoteLink(group.Name, isLinkLost);
        await speaker.SetFaultAsync(group.Name, LinkFault, isLinkLost, canForward: false);
        await speaker.SetReadinessAsync(group.Name, Readiness);
        if (!_known.Contains(group.Name))
        {
            if (options.Ha.HasPeers && configuration.Current.IsDrained)
            {
                await speaker.PostAsync(group.Name, PostedRole.Backup);
                if (roles.Posted.Groups.TryGetValue(group.Name, out var asked) && asked.Role != NodeRole.Master && configuration.Current.PinnedBeforeDrain is { } pinned && !pinned.Contains(group.Name))
                {
                    configuration.Store(configuration.Current with { PinnedBeforeDrain = pinned.Add(group.Name) });
                }
            }
            else if (roles.Posted.Groups.TryGetValue(group.Name, out var posted))
            {
                await speaker.PostAsync(group.Name, HaNames.ToPosted(posted.Role));
            }

            _known = _known.Add(group.Name);
        }
    }

    /// <summary>Whether an interface that a VIP was on has no carrier or is gone: then the VIP has no subnet any more, and its place is another.</summary>
    private bool HasLostALink(VipGroup group, HostLinks links)
    {
        var lost = false;
        foreach (var address in group.Addresses)
        {
            if (address.Interface is not { } place)
            {
                continue;
            }

            if (place != HostLinks.Loopback)
            {
                _places[address.Address] = place;
                lost |= links.IsDown(place);
            }
            else if (_places.TryGetValue(address.Address, out var former))
            {
                lost |= links.IsDown(former);
            }
        }

        return lost;
    }
}
