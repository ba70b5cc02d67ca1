using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Linux;
using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Announce;

/// <summary>What the announcer does, without a thread and without a clock: every call says what time it is. Not safe for concurrent use.</summary>
internal sealed partial class AnnouncerCore(IAnnounceSystem system, ILogger logger, Action<AddressConflict> tell, uint mark = NeighbourAnnouncerOptions.DefaultMark, Action<GatewayStatus>? tellGateway = null)
{
    private readonly uint _mark = mark;
    private readonly IAnnounceSystem _system = system;
    private readonly ILogger _logger = logger;
    private readonly Action<AddressConflict> _tell = tell;
    private readonly Action<GatewayStatus> _tellGateway = tellGateway ?? (static _ => { });
    private readonly Dictionary<InternetAddress, (GroupState Group, AddressState Address)> _byAddress = [];
    private Dictionary<string, GroupState> _groups = new(StringComparer.Ordinal);
    private HashSet<InternetAddress> _peers = [];
    private LinkView _view = LinkView.Empty;
    private bool _hasStarted;

    /// <summary>Puts groups in force, all or nothing.</summary>
    internal void Apply(ImmutableArray<AnnouncedGroup> groups, TimeSpan now)
    {
        var problems = AnnouncementValidator.Check(groups);
        if (problems.IsEmpty)
        {
            _view = _system.Read();
            problems = AnnouncementValidator.CheckInterfaces(groups, _view);
        }

        if (!problems.IsEmpty)
        {
            throw new InvalidAnnouncementException(problems);
        }

        var before = _groups;
        _groups = groups.ToDictionary(static g => VipGroups.Resolve(g.Name), g => Make(g, before.GetValueOrDefault(VipGroups.Resolve(g.Name))), StringComparer.Ordinal);
        try
        {
            FindLinks();
            Reconcile(isStrict: true, now);
        }
        catch
        {
            // The states of before are as they were: those of the new groups are copies.
            _groups = before;
            throw;
        }

        _hasStarted = true;
        _readAt = now + ReadPeriod;
        Index();
        foreach (var group in _groups.Values)
        {
            var old = before.GetValueOrDefault(group.Name);
            if (group.IsMaster != (old?.IsMaster ?? false))
            {
                Entered(group, now);
            }
            else if (group.IsMaster && !group.Addresses.Where(Speaks).Select(static a => a.Declared).ToHashSet().IsSubsetOf(old!.Addresses.Where(Speaks).Select(static a => a.Declared)))
            {
                group.Begin(now);
            }
        }

        Announce(now);
    }

    /// <summary>Takes or gives up the addresses of a group; whatever cannot be done is said and tried again.</summary>
    internal void SetRole(string name, bool isMaster, ImmutableArray<IPAddress> withheld, TimeSpan now)
    {
        var group = Find(name);
        var others = (withheld.IsDefault ? [] : withheld).Select(a => FindIn(group, a)).ToHashSet();

        var isNew = group.IsMaster != isMaster;
        foreach (var address in group.Addresses)
        {
            var isWithheld = others.Contains(address);
            isNew |= isMaster && address.IsWithheld && !isWithheld;
            address.IsWithheld = isWithheld;
        }

        if (!isNew && others.Count == 0 && group.Addresses.All(static a => a.Fault is null))
        {
            return;
        }

        group.IsMaster = isMaster;
        try
        {
            _view = _system.Read();
            FindLinks();
            Reconcile(isStrict: false, now);
            Index();
        }
        catch (LinuxException e)
        {
            // The role is what it is: what must not stay goes, the rest follows.
            AnnounceLog.NotRead(_logger, e);
            if (!isMaster)
            {
                RemoveBlindly(group);
            }

            _hasFaults = true;
            _retryAt = now + Patience;
        }

        if (isNew)
        {
            Entered(group, now);
            Announce(now);
        }
    }

    /// <summary>Begins the announcements of one group or all masters anew.</summary>
    internal void Repeat(string? name, TimeSpan now)
    {
        foreach (var group in name is null ? [.. _groups.Values] : new[] { Find(name) })
        {
            group.Begin(now);
        }

        Announce(now);
    }

    internal void SetPeers(ImmutableArray<IPAddress> addresses)
    {
        _peers = [.. (addresses.IsDefault ? [] : addresses).Select(static a => (InternetAddress)a)];
        _peersOn.Clear();
    }

    /// <summary>Takes every address off that was put on an interface.</summary>
    internal void Stop()
    {
        _gateways = [];
        if (!_hasStarted)
        {
            return;
        }

        foreach (var probe in _probes)
        {
            probe.Result.TrySetCanceled();
        }

        _probes.Clear();
        var before = _groups;
        _groups = new(StringComparer.Ordinal);
        Index();
        try
        {
            _view = _system.Read();
        }
        catch (LinuxException e)
        {
            AnnounceLog.NotRead(_logger, e);
            foreach (var group in before.Values)
            {
                RemoveBlindly(group);
            }

            return;
        }

        Reconcile(isStrict: false, default);
    }

    private AddressState FindIn(GroupState group, IPAddress address) =>
        address is not null && _byAddress.TryGetValue(address, out var found) && found.Group == group
        ? found.Address
        : throw new ArgumentException($"Address {address}: expected one of VIP group '{group.Name}'.", nameof(address));

    private static GroupState Make(AnnouncedGroup group, GroupState? before)
    {
        var known = before?.Addresses.ToDictionary(static a => a.Declared) ?? [];
        var withheld = group.Withheld.ToHashSet();
        var addresses = group.Addresses.Select(declared =>
        {
            var address = known.GetValueOrDefault(declared)?.Copy() ?? new AddressState(declared);
            address.IsWithheld = withheld.Contains(declared.Address);
            return address;
        }).ToArray();
        return new GroupState(VipGroups.Resolve(group.Name), addresses)
        {
            IsMaster = group.IsMaster,
            MasterSince = before?.MasterSince ?? default,
            Started = before?.Started ?? default,
            Number = before?.Number ?? 0,
            Heard = before?.Heard ?? [],
        };
    }

    private void Entered(GroupState group, TimeSpan now)
    {
        group.Heard = HeardBy(group);
        if (!group.IsMaster)
        {
            AnnounceLog.GivenUp(_logger, group.Name, group.Addresses.Length);
            return;
        }

        group.MasterSince = now;
        _peersOn.Clear();
        _readAt = now + ReadPeriod;
        group.Begin(now);
        foreach (var address in group.Addresses)
        {
            address.Conflicts = new();
            address.LastClaim = null;
            address.ConflictSince = null;
            if (address.IsOnLinks && address.Links.Length == 0)
            {
                AnnounceLog.NoLink(_logger, address.Value.ToString(), group.Name);
            }
        }

        if (Array.Find(group.Addresses, a => SilentLinkOf(a) is not null) is { } silent)
        {
            AnnounceLog.ArpIgnored(_logger, silent.Value.ToString(), group.Name, SilentLinkOf(silent)!);
        }

        AnnounceLog.Taken(_logger, group.Name, group.Addresses.Count(static a => !a.IsWithheld && a.IsOnLinks));
    }

    private GroupState Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _groups.GetValueOrDefault(VipGroups.Resolve(name)) ?? throw new ArgumentException($"VIP group '{name}': expected one that was declared.", nameof(name));
    }

    private void Index()
    {
        _byAddress.Clear();
        foreach (var group in _groups.Values)
        {
            foreach (var address in group.Addresses)
            {
                _byAddress[address.Value] = (group, address);
            }
        }

        _system.Inbox.Watch(_byAddress.Keys.Concat(_gateways.Select(static g => g.Value)).ToHashSet(), _view.Macs);
    }
}
