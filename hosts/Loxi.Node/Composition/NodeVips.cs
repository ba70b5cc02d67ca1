using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <summary>What follows from a role on the links of this node: VIPs are put on interfaces and announced, probed for, and taken away. BGP has its own way (<see cref="NodeAnnouncer"/>).</summary>
internal sealed partial class NodeVips(INeighbourAnnouncer announcer, NodeMoves moves, ILogger<NodeVips> logger) : IRoleEffects
{
    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableArray<IPAddress>> _masters = new(StringComparer.Ordinal);

    // Of these groups it was told what becomes of their role.
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private ImmutableArray<VipGroup> _groups = [];

    /// <summary>This node serves groups from before its start. To be called before the first <see cref="DeclareAsync"/>.</summary>
    /// <param name="groups">Their names.</param>
    public void Resume(IEnumerable<string> groups)
    {
        lock (_gate)
        {
            // What came meanwhile is newer.
            foreach (var group in groups.Where(g => !_told.Contains(g)))
            {
                _masters.TryAdd(group, []);
            }
        }
    }

    /// <summary>Says which addresses the groups have. Roles stay.</summary>
    /// <param name="groups">All groups.</param>
    public Task DeclareAsync(ImmutableArray<VipGroup> groups)
    {
        lock (_gate)
        {
            _groups = groups;
            // The announcer does what it is told in the order of the calls, so that no role is lost between.
            return announcer.ApplyAsync([.. groups.Select(g =>
            {
                var isMaster = _masters.TryGetValue(g.Name, out var withheld);
                return new AnnouncedGroup(g.Name, g.Addresses, isMaster) { Withheld = isMaster ? Own(g, withheld) : [] };
            })]);
        }
    }

    public void Announce(string group, ImmutableArray<IPAddress> withheld)
    {
        lock (_gate)
        {
            _told.Add(group);
            var isAgain = _masters.ContainsKey(group);
            _masters[group] = withheld;
            if (_groups.FirstOrDefault(g => g.Name == group) is not { } declared)
            {
                return;
            }

            Watch(group, announcer.SetRoleAsync(group, isMaster: true, Own(declared, withheld)));
            if (isAgain)
            {
                Watch(group, announcer.RepeatAsync(group));
            }
        }
    }

    public void StopAnnouncing(string group)
    {
        lock (_gate)
        {
            _told.Add(group);
            _masters.Remove(group);
            if (_groups.Any(g => g.Name == group))
            {
                Watch(group, announcer.SetRoleAsync(group, isMaster: false));
            }
        }
    }

    public async Task<ImmutableArray<IPAddress>> ProbeVipsAsync(string group, ImmutableArray<IPAddress> vips)
    {
        Task<ImmutableArray<AddressClaim>> probe;
        lock (_gate)
        {
            if (_groups.FirstOrDefault(g => g.Name == group) is not { } declared)
            {
                return [];
            }

            var own = Own(declared, vips);
            if (own.IsEmpty && !vips.IsDefaultOrEmpty)
            {
                // All that was asked for has left the group.
                return [];
            }

            probe = announcer.ProbeAsync(group, own);
        }

        var claims = await probe;
        foreach (var claim in claims)
        {
            LogClaimed(claim.Address, group, claim.Mac, claim.Interface);
        }

        return [.. claims.Select(static c => c.Address).Distinct()];
    }

    public Task SendBarrierAsync(string group, ushort peer) => moves.SendBarrierAsync(group, peer);

    public void DrainTo(string group, ushort peer, TimeSpan idle, TimeSpan limit) => moves.DrainTo(group, peer, idle, limit);

    /// <summary>An address may have left the group meanwhile.</summary>
    private static ImmutableArray<IPAddress> Own(VipGroup group, ImmutableArray<IPAddress> addresses) =>
        addresses.IsDefaultOrEmpty ? [] : [.. addresses.Where(a => group.Addresses.Any(g => g.Address.Equals(a)))];

    private void Watch(string group, Task task) => _ = WatchAsync(group, task);

    private async Task WatchAsync(string group, Task task)
    {
        try
        {
            await task;
        }
        catch (ObjectDisposedException)
        {
            // The node stops: the addresses are gone with the announcer.
        }
        catch (Exception e)
        {
            // Whatever it is, the group is not served as it should be: somebody must know.
            LogFailed(e, group);
        }
    }

    [LoggerMessage(8070, LogLevel.Error, "The addresses of VIP group {Group} could not be taken or given up")]
    private partial void LogFailed(Exception exception, string group);

    [LoggerMessage(8071, LogLevel.Warning, "{Address} of VIP group {Group} is not taken: {Mac} on {Interface} answers for it")]
    private partial void LogClaimed(IPAddress address, string group, System.Net.NetworkInformation.PhysicalAddress mac, string @interface);
}
