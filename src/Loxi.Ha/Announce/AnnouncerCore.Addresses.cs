using System.Net.Sockets;
using Loxi.Core.Roles;
using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Announce;

/// <content>What addresses should be on interfaces, and which are.</content>
internal sealed partial class AnnouncerCore
{
    /// <summary>IFA_PROTO, for people who look with <c>ip address</c>.</summary>
    internal const byte Protocol = 0x4c;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private bool _hasFaults;
    private bool _isLeftBehind;

    private bool IsOurs(Address address) => address.RoutePriority == _mark && address.PrefixLength == address.Local.Length * 8;

    private Address Placed(int link, InternetAddress address) => new(link, address, address.Length * 8)
    {
        Flags = AddressFlags.NoDad | AddressFlags.NoPrefixRoute,
        Protocol = Protocol,
        RoutePriority = _mark,
        // RFC 6724 5, rule 3: else the node itself would speak from the VIP, HELLOs too. IPv4 takes the first address of a subnet, which this is not.
        PreferredLifetime = address.Family == AddressFamily.InterNetworkV6 ? 0 : null,
    };

    /// <summary>Makes the addresses on interfaces what they should be, in one batch. Strict: all or nothing, with an exception.</summary>
    private void Reconcile(bool isStrict, TimeSpan now)
    {
        var ours = new HashSet<(int, InternetAddress)>();
        var others = new Dictionary<InternetAddress, string>();
        foreach (var address in _view.Addresses)
        {
            if (IsOurs(address))
            {
                ours.Add((address.InterfaceIndex, address.Local));
            }
            else
            {
                others.TryAdd(address.Local, _view.NameOf(address.InterfaceIndex));
            }
        }

        var wanted = new HashSet<(int, InternetAddress)>();
        var adds = new List<(GroupState Group, AddressState Address, Address Place)>();
        var adopted = 0;
        foreach (var group in _groups.Values)
        {
            foreach (var address in group.Addresses.Where(static a => a.Declared.Placement == AddressPlacement.Interface))
            {
                FindOther(group, address, others.GetValueOrDefault(address.Value));
                if (!group.IsMaster || address.IsWithheld)
                {
                    (address.IsInPlace, address.IsForeign, address.Fault) = (false, false, null);
                    continue;
                }

                var link = _view.Find(address.Declared.Interface!);
                var isOurs = link is not null && ours.Contains((link.Index, address.Value));
                address.IsForeign = !isOurs && address.OtherPlace is not null;
                if (isOurs)
                {
                    wanted.Add((link!.Index, address.Value));
                    adopted += address.IsInPlace ? 0 : 1;
                    Note(group, address, null);
                }
                else if (address.IsForeign)
                {
                    Note(group, address, null);
                }
                else if (link is null)
                {
                    Note(group, address, $"there is no interface '{address.Declared.Interface}'");
                }
                else
                {
                    wanted.Add((link.Index, address.Value));
                    adds.Add((group, address, Placed(link.Index, address.Value)));
                }
            }
        }

        Add(adds, isStrict);
        _isLeftBehind = false;
        var removed = Remove([.. _view.Addresses.Where(a => IsOurs(a) && !wanted.Contains((a.InterfaceIndex, a.Local)))]);
        if (!_hasStarted && removed + adopted > 0)
        {
            AnnounceLog.Leftovers(_logger, removed, adopted);
        }

        LookAtFaults(now);
    }

    private void LookAtFaults(TimeSpan now)
    {
        var had = _hasFaults;
        _hasFaults = _isLeftBehind || _groups.Values.Any(static g => g.Addresses.Any(static a => a.Fault is not null));
        _retryAt = _hasFaults && !had ? now + Patience : _retryAt;
    }

    private void FindOther(GroupState group, AddressState address, string? place)
    {
        if (place is not null && place != address.OtherPlace)
        {
            AnnounceLog.Foreign(_logger, address.Value.ToString(), group.Name, place);
        }

        address.OtherPlace = place;
    }

    /// <summary>A link on which the kernel does not answer ARP requests for an address that is announced there; null for none.</summary>
    private string? SilentLinkOf(AddressState address)
    {
        if (address.Value.Family != AddressFamily.InterNetwork || address.Declared.Placement != AddressPlacement.Interface || !address.IsInPlace)
        {
            return null;
        }

        var place = (address.IsForeign ? address.OtherPlace : null) ?? address.Declared.Interface!;
        var silent = Array.Find(address.Links, l => _view.IgnoresArp(l, place));
        return silent == 0 ? null : _view.NameOf(silent);
    }
}
